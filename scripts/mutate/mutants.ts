import { stripTypeScriptTypes } from "node:module";
import { type AnyNode, parse } from "acorn";

/** One small fault in a file. */
export interface Mutant {
  /** Where in the file, which has the same offsets with its types and without. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** What Node runs of a file: blanks stand where its types were. */
export function withoutTypes(source: string): string {
  return stripTypeScriptTypes(source);
}

export function apply({ start, end, replacement }: Mutant, source: string): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** All that are tried, in the order of the file. */
export function mutantsOf(source: string): Mutant[] {
  const code = withoutTypes(source);
  const found: Mutant[] = [];
  visit(parse(code, { ecmaVersion: "latest", sourceType: "module" }), (node) => {
    for (const [part, replacement] of faultsIn(node, code)) {
      const { start, end } = part;
      if (code.slice(start, end) !== replacement) found.push({ start, end, replacement });
    }
  });
  return found.sort((a, b) => a.start - b.start);
}

type Part = Pick<AnyNode, "start" | "end">;
type Fault = readonly [Part, string];

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "**": ["*"],
  "&&": ["||"],
  "||": ["&&"],
  "??": ["&&"],
};
const SIBLINGS: Readonly<Record<string, string>> = {
  max: "min",
  min: "max",
  some: "every",
  every: "some",
  add: "delete",
};

function faultsIn(node: AnyNode, code: string): readonly Fault[] {
  const textOf = ({ start, end }: Part) => code.slice(start, end);
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression": {
      const between = { start: node.left.end, end: node.right.start };
      const others = OPERATORS[node.operator] ?? [];
      return others.map((other) => [between, textOf(between).replace(node.operator, () => other)]);
    }
    case "UnaryExpression":
      return /[!-]/.test(node.operator) ? [[node, `(${textOf(node.argument)})`]] : [];
    case "IfStatement":
    case "ConditionalExpression":
      return ["true", "false"].map((value) => [node.test, value]);
    case "WhileStatement":
      return [[node.test, "false"]];
    case "Literal":
      return literalFaults(node, node.value, node.raw ?? "");
    case "ReturnStatement":
      return node.argument ? [[node.argument, "undefined"]] : [[node, ";"]];
    case "ArrowFunctionExpression":
      return node.expression ? [[node.body, "undefined"]] : [];
    case "AwaitExpression":
      return [[node, `(${textOf(node.argument)})`]];
    case "ExpressionStatement":
    case "ThrowStatement":
    case "ContinueStatement":
    case "BreakStatement":
      return [[node, ";"]];
    case "SpreadElement":
      return [[node, "...[]"]];
    case "MemberExpression": {
      const sibling = SIBLINGS[textOf(node.property)];
      return sibling ? [[node.property, sibling]] : [];
    }
    default:
      return [];
  }
}

function literalFaults(part: Part, value: unknown, raw: string): readonly Fault[] {
  if (typeof value === "number") return [[part, String(value + 1)]];
  if (typeof value === "boolean") return [[part, String(!value)]];
  if (typeof value === "string") return [[part, value === "" ? '"?"' : '""']];
  if (!(value instanceof RegExp)) return [];
  const looser = [raw.replace(/^\/\^/, "/"), raw.replace(/\$\/(\w*)$/, "/$1")];
  return looser.map((fault) => [part, fault]);
}

/** Imports are left alone: without one, nothing runs. */
function visit(node: AnyNode, seen: (node: AnyNode) => void): void {
  if (node.type === "ImportDeclaration" || node.type === "ExportAllDeclaration") return;
  seen(node);
  for (const value of Object.values(node).flat()) {
    if (value && typeof value === "object" && "type" in value) visit(value as AnyNode, seen);
  }
}
