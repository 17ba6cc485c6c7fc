export type RouteParams = Record<string, string>;

/** Matches a decoded path against a template; `undefined` when it does not match. */
export type RouteMatcher = (path: string) => RouteParams | undefined;

interface Parameter {
  name: string;
  catchAll: boolean;
  optional: boolean;
  defaultValue: string | undefined;
  constraints: ((value: string) => boolean)[];
}

type Segment = string | Parameter;

const BRACED = String.raw`\{(?:[^{}]|\{\{|\}\})*\}(?!\})`;
const SEGMENTS = new RegExp(`(?:${BRACED}|[^/{}])+`, "g");
const PARAMETER = new RegExp(`^${BRACED}$`);

/**
 * Compiles a route template the way ASP.NET Core's router reads it: literals without case,
 * `{name}`, `{name?}`, `{name=default}`, `{*rest}` and inline constraints.
 *
 * @throws Error when the template is malformed or uses what this host does not simulate
 */
export function compileRoute(template: string): RouteMatcher {
  const segments = splitTemplate(template).map(parseSegment);
  const pattern = new RegExp(toPattern(segments), "is");
  const parameters = segments.filter((segment) => typeof segment !== "string");

  return (path) => {
    const match = pattern.exec(path);
    if (!match) return undefined;
    const params: RouteParams = {};
    for (const [index, { name, defaultValue, constraints }] of parameters.entries()) {
      const value = match[index + 1] ?? defaultValue;
      if (value === undefined) continue;
      if (!constraints.every((accepts) => accepts(value))) return undefined;
      params[name] = value;
    }
    return params;
  };
}

function splitTemplate(template: string): string[] {
  const trimmed = template.replace(/^~?\//, "").replace(/\/$/, "");
  const segments = trimmed.match(SEGMENTS) ?? [];
  if (segments.join("/") !== trimmed)
    throw new Error(`The route template "${template}" is malformed`);
  return segments;
}

function parseSegment(text: string): Segment {
  if (!/[{}]/.test(text)) return text;
  if (!PARAMETER.test(text) || text.slice(1, -1).includes("}{")) {
    throw new Error(`The route segment "${text}" mixes text and parameters: not simulated locally`);
  }
  const unescaped = text.slice(1, -1).replaceAll("{{", "{").replaceAll("}}", "}");
  const match = /^(\*{0,2})([^*:=?/{}]+)((?::.+?)*?)(?:=(.*?))?(\?)?$/s.exec(unescaped);
  if (!match) throw new Error(`The route parameter "${text}" is malformed`);
  const [, stars, name = "", constraints = "", defaultValue, optional] = match;
  return {
    name,
    catchAll: stars !== "",
    optional: optional !== undefined,
    defaultValue,
    constraints: parseConstraints(constraints),
  };
}

function parseConstraints(text: string) {
  const found = [...text.matchAll(/:(\w+)(?:\((.*?)\)(?=:|$))?/gs)];
  if (found.map(([whole]) => whole).join("") !== text) {
    throw new Error(`The route constraint "${text}" is malformed`);
  }
  return found.map(([, name = "", args]) => createConstraint(name.toLowerCase(), args));
}

function createConstraint(name: string, args: string | undefined): (value: string) => boolean {
  const [low = Number.NaN, high = low] = (args ?? "").split(",").map(Number);
  switch (name) {
    case "int":
      return (value) => /^\s*[+-]?\d+\s*$/.test(value) && Number(value) === (Number(value) | 0);
    case "alpha":
      return (value) => /^[a-z]*$/i.test(value);
    case "guid":
      return (value) => isGuid(value);
    case "length":
      return (value) => value.length >= low && value.length <= high;
    case "minlength":
      return (value) => value.length >= low;
    case "maxlength":
      return (value) => value.length <= low;
    case "regex": {
      const pattern = new RegExp(args ?? "", "i");
      return (value) => pattern.test(value);
    }
    default:
      throw new Error(`The route constraint "${name}" is not simulated locally`);
  }
}

function isGuid(value: string): boolean {
  const unwrapped = /^(?:\{(.*)\}|\((.*)\)|(.*))$/s.exec(value.trim());
  const [, braces, parentheses, bare] = unwrapped ?? [];
  const dashed = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
  return dashed.test(braces ?? parentheses ?? bare ?? "") || /^[\da-f]{32}$/i.test(bare ?? "");
}

/** A trailing run of optional parameters may be missing; an empty segment never matches. */
function toPattern(segments: Segment[]): string {
  const tail = segments.reduceRight(
    ({ pattern, omissible }, segment, index) => {
      if (typeof segment === "string") {
        return { pattern: `/${escapeRegExp(segment)}${pattern}`, omissible: false };
      }
      if (segment.catchAll) {
        if (index < segments.length - 1) {
          throw new Error(`The catch-all parameter "${segment.name}" must be the last segment`);
        }
        return { pattern: "(?:/([^/].*)?)?", omissible: true };
      }
      const canMiss = omissible && (segment.optional || segment.defaultValue !== undefined);
      return {
        pattern: canMiss ? `(?:/([^/]+)${pattern})?` : `/([^/]+)${pattern}`,
        omissible: canMiss,
      };
    },
    { pattern: "", omissible: true },
  );
  return `^${tail.pattern}/?$`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
