import { dirname, join } from "node:path/posix";
import type { Node } from "web-tree-sitter";
import { type BicepFile, type Declaration, parts } from "./bicep.ts";
import { readJson } from "./project.ts";

/** What can be said of a module without opening it. */
export interface ModuleSurface {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly outputs: readonly string[];
}

/** Azure Verified Modules as they are at the versions used here: read from their sources at those tags. */
const verifiedModules = readJson<Record<string, ModuleSurface>>("test/infra/avm.json");

/** @throws Error A registry module that avm.json does not describe, or a file that is not there. */
export function surfaceOf(
  from: BicepFile,
  { source }: Declaration,
  files: ReadonlyMap<string, BicepFile>,
): ModuleSurface {
  if (source.startsWith("br/")) {
    const surface = verifiedModules[source];
    if (!surface) throw new Error(`test/infra/avm.json does not describe ${source}.`);
    return surface;
  }
  const file = files.get(join(dirname(from.path), source));
  if (!file) throw new Error(`${from.path}: there is no ${source}.`);
  const all = [...file.parameters.values()];
  const isOptional = ({ type, defaultValue }: (typeof all)[number]) =>
    defaultValue !== undefined || type.endsWith("?");
  return {
    required: all.filter((parameter) => !isOptional(parameter)).map(({ name }) => name),
    optional: all.filter(isOptional).map(({ name }) => name),
    outputs: [...file.outputs.keys()],
  };
}

/** Names of parameters, variables, resources and modules that an expression uses, once per use. */
export function usedNames(tree: Node): string[] {
  const uses = tree.descendantsOfType("identifier").filter((node) => node && isUse(node));
  return uses.map((node) => node?.text ?? "");
}

export function loopVariables(tree: Node): string[] {
  return tree.descendantsOfType("for_statement").map((loop) => parts(loop as Node)[0]?.text ?? "");
}

export function calledFunctions(tree: Node): string[] {
  return tree
    .descendantsOfType("call_expression")
    .map((call) => call?.childForFieldName("function")?.text ?? "");
}

/** `[module, output]` of every `module.outputs.output`. */
export function usedOutputs(tree: Node): [string, string][] {
  return tree.descendantsOfType("member_expression").flatMap((node) => {
    const object = node?.childForFieldName("object");
    if (object?.childForFieldName("property")?.text !== "outputs") return [];
    const module = object.childForFieldName("object")?.text ?? "";
    return [[module, node?.childForFieldName("property")?.text ?? ""]];
  });
}

function isUse(node: Node): boolean {
  const { parent } = node;
  if (parent === null) return false;
  if (parent.type === "call_expression")
    return parent.childForFieldName("function")?.id !== node.id;
  const isFirst = parent.firstNamedChild?.id === node.id;
  return !(isFirst && /_declaration$|^object_property$|^for_statement$/.test(parent.type));
}
