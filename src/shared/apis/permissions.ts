import { OptionInvalid } from "../base/errors.ts";
import { isOneScope } from "../http/signInOptions.ts";

/**
 * One row of a permission table: a call that the browser may make, and the scopes of its token.
 *
 * @example
 * const call: Call = { method: "GET", path: "me/messages/{id}", scopes: ["Mail.Read"], query: ["$select"] };
 */
export interface Call {
  /** The HTTP method. */
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below the API's base URL, without a slash in front. `{id}` stands for one segment. */
  readonly path: string;
  /**
   * Delegated permissions, one at least: of Microsoft Graph by their name (Microsoft Graph permissions reference), of
   * another API such as `api://<client id>/Orders.Read`.
   */
  readonly scopes: readonly string[];
  /**
   * Query options that may go along: a name such as `$select`, or a name with its only value, such as
   * `$expand=attachments`. `$` and case do not count. Default: none.
   */
  readonly query?: readonly string[];
  /** Whether the answer may redirect the browser to a file, whose address needs no token. Default: `false`. */
  readonly download?: boolean;
}

const METHODS: readonly unknown[] = ["GET", "POST", "PATCH", "PUT", "DELETE"];
const NAMES = ["method", "path", "scopes", "query", "download"];
const PATH = /^(?!\.+(\/|$))([^/\\%?#\s{}]+|\{id\})(\/(?!\.+(\/|$))([^/\\%?#\s{}]+|\{id\}))*$/;
const OPTION = /^\$?[\w.-]+(=.+)?$/;

/**
 * Checks a permission table.
 * @param option Its name in messages.
 * @throws {OptionInvalid} One line that names the row and what is wrong with it.
 */
export function checkCalls(option: string, calls: readonly Call[]): void {
  if (!Array.isArray(calls)) throw new OptionInvalid(`${option} has to be a list of calls.`);
  const seen = new Map<string, number>();
  calls.forEach((call, index) => {
    const wrong = faultOf(Object(call));
    if (wrong !== undefined) throw new OptionInvalid(`${option}[${index}] ${wrong}`);
    const first = seen.get(`${call.method} ${call.path}`);
    if (first !== undefined) {
      const twice = `${call.method} ${call.path}`;
      throw new OptionInvalid(`${option}[${index}] is ${twice}, as ${option}[${first}] is.`);
    }
    seen.set(`${call.method} ${call.path}`, index);
  });
}

function faultOf(call: Readonly<Record<string, unknown>>): string | undefined {
  const { method, path, scopes, query = [], download = false } = call;
  const unknown = Object.keys(call).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) return `has a field ${unknown}. A call has ${NAMES.join(", ")}.`;
  if (!METHODS.includes(method)) return `needs a method: ${METHODS.join(", ")}.`;
  if (typeof path !== "string" || !PATH.test(path)) {
    return 'needs a path without a slash in front, such as "me/messages/{id}".';
  }
  if (!isList(scopes, isOneScope) || scopes.length === 0) {
    return "needs scopes: a list of the permissions that the call takes.";
  }
  if (!isList(query, (text) => OPTION.test(text))) {
    return 'has a query that is no list of options, such as "$select" or "$expand=attachments".';
  }
  if (typeof download !== "boolean") return "has a download that is neither true nor false.";
  return undefined;
}

function isList(value: unknown, isValid: (text: string) => boolean): value is string[] {
  return (
    Array.isArray(value) &&
    value.every((one) => typeof one === "string" && one !== "" && isValid(one))
  );
}

export interface Permitted extends Pick<Call, "scopes" | "download"> {
  /** The path as it is sent to the API, every segment encoded again. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

/**
 * Looks a call up in the permission table.
 * @param encodedPath The path below the API's route as it stood in the URL.
 * @returns undefined when the table has no row for it.
 */
export function permittedCall(
  method: string,
  encodedPath: string,
  query: URLSearchParams,
  permissions: readonly Call[],
): Permitted | undefined {
  const segments = decodeSegments(encodedPath);
  if (segments === undefined) return undefined;
  const row = permissions.find((row) => row.method === method && matches(row.path, segments));
  if (row === undefined || ![...query].every((option) => mayGoAlong(option, row))) return undefined;
  const { scopes, download } = row;
  return {
    path: encoded(segments),
    query: query.toString(),
    scopes,
    ...(download && { download }),
  };
}

/** The path as it is sent to the API. It may end in a slash. @returns undefined for an invalid one. */
export function pathOf(encodedPath: string): string | undefined {
  const slash = encodedPath.endsWith("/") ? "/" : "";
  const segments = decodeSegments(slash ? encodedPath.slice(0, -1) : encodedPath);
  return segments && encoded(segments) + slash;
}

function mayGoAlong([name, value]: [string, string], { query = [] }: Call): boolean {
  const option = plain(name);
  return query.some((allowed) =>
    [option, `${option}=${value.toLowerCase()}`].includes(plain(allowed)),
  );
}

function plain(option: string): string {
  return option.replace(/^\$/, "").toLowerCase();
}

function matches(pattern: string, segments: readonly string[]): boolean {
  const expected = pattern.split("/");
  return (
    expected.length === segments.length &&
    expected.every((part, i) => part === "{id}" || part === segments[i])
  );
}

/** @returns undefined when a segment is empty, climbs, or hides a separator. */
function decodeSegments(encodedPath: string): string[] | undefined {
  try {
    const segments = encodedPath.split("/").map(decodeURIComponent);
    return segments.every((segment) => SEGMENT.test(segment) && !/^\.+$/.test(segment))
      ? segments
      : undefined;
  } catch {
    return undefined;
  }
}

/** No separators, no controls, no percent sign that a second decoding could turn into one. */
const SEGMENT = /^[^/\\%?#\p{Cc}]{1,512}$/u;

function encoded(segments: readonly string[]): string {
  return segments.map((segment) => encodeURIComponent(segment).replaceAll("%24", "$")).join("/");
}
