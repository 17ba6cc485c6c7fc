import { dirname, join } from "node:path";
import type { Node } from "web-tree-sitter";
import { type BicepFile, type Declaration, parts } from "./bicep.ts";
import { readText } from "./project.ts";

export type Values = Record<string, unknown>;

/** What a file is evaluated with: its parameters, and what its modules and resources would answer. */
export interface Given {
  readonly parameters: Values;
  /** By symbol: `{ identity: { outputs: { clientId: … } } }`. */
  readonly symbols?: Values;
  /** What `environment().name` is. */
  readonly cloud?: string;
}

/** The value of an expression, as Azure Resource Manager would have it. @throws Error where it cannot be told. */
export function evaluate(file: BicepFile, node: Node, given: Given): unknown {
  return new Evaluation(file, given).value(node, {});
}

/** The parameters that a module is called with. */
export function argumentsOf(file: BicepFile, module: string, given: Given): Values {
  return (bodyOf(file, "modules", module, given) as { params: Values }).params;
}

/** The names alone. */
export function argumentNames({ body }: Declaration): string[] {
  const params = parts(body).find((property) => parts(property)[0]?.text === "params");
  const list = params && parts(params)[1];
  return list ? parts(list).map((property) => parts(property)[0]?.text ?? "") : [];
}

/** The properties of a resource, or the list of them when it is made in a loop. */
export function resourceOf(file: BicepFile, resource: string, given: Given): unknown {
  return bodyOf(file, "resources", resource, given);
}

function bodyOf(file: BicepFile, kind: "modules" | "resources", symbol: string, given: Given) {
  const declaration = file[kind].get(symbol);
  if (!declaration) throw new Error(`${file.path} has no "${symbol}".`);
  return evaluate(file, declaration.body, given);
}

class Evaluation {
  readonly #file: BicepFile;
  readonly #given: Given;

  constructor(file: BicepFile, given: Given) {
    this.#file = file;
    this.#given = given;
  }

  value(node: Node, loop: Values): unknown {
    const child = (field: string) => this.value(node.childForFieldName(field) as Node, loop);
    const [first] = parts(node);
    switch (node.type) {
      case "string":
        return this.#string(node, loop);
      case "number":
        return Number(node.text);
      case "boolean":
        return node.text === "true";
      case "null":
        return null;
      case "identifier":
        return this.#lookUp(node.text, loop);
      case "parenthesized_expression":
        return this.value(first as Node, loop);
      case "object":
        return this.#object(node, loop);
      case "array":
        return parts(node).map((item) => this.value(item, loop));
      case "for_statement":
        return this.#loop(node, loop);
      case "member_expression":
        return member(child("object"), node.childForFieldName("property")?.text ?? "", node);
      case "subscript_expression":
        return member(child("object"), String(child("index")), node);
      case "ternary_expression":
        return child("condition") ? child("consequence") : child("alternative");
      case "unary_expression":
        return !child("argument");
      case "binary_expression":
        if (node.childForFieldName("operator")?.text !== "==") break;
        return child("left") === child("right");
      case "call_expression": {
        const list = parts(node.childForFieldName("arguments") as Node);
        const name = node.childForFieldName("function")?.text ?? "";
        return this.#call(
          name,
          list.map((argument) => this.value(argument, loop)),
        );
      }
    }
    throw new Error(`${this.#file.path}: cannot evaluate ${node.type} ${node.text}`);
  }

  #string(node: Node, loop: Values): string {
    const pieces = node.children.slice(1, -1).map((piece) => {
      if (piece?.type === "interpolation") return String(this.value(parts(piece)[0] as Node, loop));
      return piece?.type === "escape_sequence" ? piece.text.slice(1) : (piece?.text ?? "");
    });
    return pieces.join("");
  }

  #object(node: Node, loop: Values): Values {
    const properties = parts(node).filter(({ type }) => type === "object_property");
    return Object.fromEntries(
      properties.flatMap((property) => {
        const [key, value] = parts(property);
        if (!key || !value) return []; // a resource inside
        return [[key.text.replaceAll("'", ""), this.value(value, loop)]];
      }),
    );
  }

  #loop(node: Node, loop: Values): unknown[] {
    const [variable, list] = parts(node);
    const items = this.value(list as Node, loop) as unknown[];
    return items.map((item) =>
      this.value(node.childForFieldName("body") as Node, {
        ...loop,
        [variable?.text ?? ""]: item,
      }),
    );
  }

  #lookUp(name: string, loop: Values): unknown {
    const { parameters, symbols = {} } = this.#given;
    for (const known of [loop, parameters, symbols]) if (name in known) return known[name];
    const expression =
      this.#file.variables.get(name) ?? this.#file.parameters.get(name)?.defaultValue;
    if (expression) return this.value(expression, {});
    throw new Error(`${this.#file.path}: nothing is given for "${name}".`);
  }

  // biome-ignore lint/suspicious/noExplicitAny: Bicep's functions take anything
  #call(name: string, [a, b, c]: any[]): unknown {
    const load = () => readText(join("infra", dirname(this.#file.path), a));
    switch (name) {
      case "empty":
        return Object.keys(a).length === 0;
      case "environment":
        return { name: this.#given.cloud ?? "AzureCloud" };
      case "guid":
        return "guid";
      case "items":
        return Object.keys(a)
          .sort()
          .map((key) => ({ key, value: a[key] }));
      case "loadJsonContent":
        return JSON.parse(load());
      case "loadTextContent":
        return load();
      case "replace":
        return a.replaceAll(b, c);
      case "resourceGroup":
        return { id: "resourceGroup" };
      case "string":
        return String(a);
      case "subscription":
        return { id: "subscription" };
      case "take":
        return a.slice(0, b);
      case "tenant":
        return { tenantId: TENANT };
      case "toLower":
        return a.toLowerCase();
      case "union":
        return { ...a, ...b };
      case "uniqueString":
        return "abcdefghijklm";
    }
    throw new Error(`${this.#file.path}: cannot evaluate ${name}().`);
  }
}

/** What `tenant().tenantId` is. */
export const TENANT = "00000000-0000-4000-8000-000000000001";

function member(value: unknown, name: string, node: Node): unknown {
  if (typeof value === "object" && value !== null && name in value) return (value as Values)[name];
  throw new Error(`Nothing is given for ${node.text}.`);
}
