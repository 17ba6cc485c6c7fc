import type { Node } from "web-tree-sitter";
import { parts } from "./bicep.ts";

export type Values = Record<string, unknown>;

/** What an expression finds around it. */
export interface Scope {
  look(name: string): unknown;
  call(name: string, values: unknown[]): unknown;
}

/** The value that Azure Resource Manager would find. Undefined: what has an `if` is not deployed. */
export function evaluate(node: Node, scope: Scope): unknown {
  const value = (child: Node | null | undefined) => evaluate(child as Node, scope);
  const field = (name: string) => node.childForFieldName(name);
  const children = parts(node);
  switch (node.type) {
    case "number":
    case "boolean":
    case "null":
      return JSON.parse(node.text);
    case "string":
      return node.children.slice(1, -1).map(piece).join("");
    case "identifier":
      return scope.look(node.text);
    case "parenthesized_expression":
      return value(children[0]);
    case "array":
      return children.map(value);
    case "object":
      return Object.fromEntries(children.map(parts).filter(isProperty).map(property));
    case "if_statement":
      return value(children[0]) ? value(children[1]) : undefined;
    case "for_statement":
      return (value(children[1]) as unknown[]).map(round);
    case "member_expression":
      return member(value(field("object")), field("property")?.text);
    case "subscript_expression":
      return member(value(field("object")), value(field("index")));
    case "ternary_expression":
      return value(field(value(field("condition")) ? "consequence" : "alternative"));
    case "unary_expression":
      if (node.text.startsWith("!")) return !value(field("argument"));
      break;
    case "binary_expression":
      if (field("operator")?.text === "==") return value(field("left")) === value(field("right"));
      break;
    case "call_expression":
      return scope.call(
        field("function")?.text ?? "",
        parts(field("arguments") as Node).map(value),
      );
  }
  throw new Error(`Cannot evaluate ${node.type} ${node.text}`);

  function piece(part: Node): string {
    if (part.type === "interpolation") return String(value(parts(part)[0]));
    return part.type === "escape_sequence" ? part.text.slice(1) : part.text;
  }

  function property([key, of]: Node[]): [string, unknown] {
    return [key?.text.replaceAll("'", "") ?? "", value(of)];
  }

  function round(item: unknown): unknown {
    const look = (name: string) => (name === children[0]?.text ? item : scope.look(name));
    return evaluate(field("body") as Node, { ...scope, look });
  }

  function member(of: unknown, name: unknown): unknown {
    const key = String(name);
    if (typeof of === "object" && of !== null && key in of) return (of as Values)[key];
    throw new Error(`Nothing is given for ${node.text}`);
  }
}

/** Not a resource inside a resource. */
function isProperty(property: Node[]): boolean {
  return property.length === 2;
}
