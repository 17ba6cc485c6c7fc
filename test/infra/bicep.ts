import { join } from "node:path";
import { Language, type Node, Parser } from "web-tree-sitter";
import { readText, root } from "./project.ts";

/*
 * Reads Bicep files with tree-sitter's grammar: there is no Bicep compiler on npm. Whether a file is right in itself,
 * the compiler says in .github/workflows/ci.yml. The tests here ask what it deploys.
 */

/** A parameter, variable, resource, module or output. */
export interface Declaration {
  readonly kind: string;
  /** Of a resource or module: `Microsoft.Web/sites@2025-03-01`, a registry reference, or a path. */
  readonly source: string;
  /** Such as `secure`. */
  readonly decorators: readonly string[];
  readonly value: Node | undefined;
}

export interface BicepFile {
  readonly symbols: ReadonlyMap<string, Declaration>;
  readonly outputs: ReadonlyMap<string, Declaration>;
}

await Parser.init();
const grammar = join(root, "node_modules/tree-sitter-bicep/tree-sitter-bicep.wasm");
const parser = new Parser().setLanguage(await Language.load(grammar));

/** @param path Below infra/. */
export function readBicep(path: string): BicepFile {
  // The grammar is older than `extension`.
  const tree = parser.parse(readText(`infra/${path}`).replace(/^extension \w+$/m, ""))?.rootNode;
  if (!tree || tree.hasError) throw new Error(`infra/${path} is not Bicep.`);
  const declared = (...kinds: string[]) =>
    new Map(tree.descendantsOfType(kinds.map((kind) => `${kind}_declaration`)).map(declaration));
  return {
    symbols: declared("parameter", "variable", "resource", "module"),
    outputs: declared("output"),
  };
}

/** Without comments. */
export function parts(node: Node): Node[] {
  return node.namedChildren.filter((child) => !child.type.endsWith("comment"));
}

function declaration(node: Node): [string, Declaration] {
  const all = parts(node);
  const last = all.at(-1);
  return [
    all[0]?.text ?? "",
    {
      kind: node.type.replace("_declaration", ""),
      source: all[1]?.text.slice(1, -1) ?? "",
      decorators: decorators(node),
      value: last?.type === "type" ? undefined : last,
    },
  ];
}

function decorators(declaration: Node): string[] {
  let sibling = declaration.previousNamedSibling;
  while (sibling?.type.endsWith("comment")) sibling = sibling.previousNamedSibling;
  if (sibling?.type !== "decorators") return [];
  return parts(sibling).map(({ text }) => /\w+/.exec(text)?.[0] ?? "");
}
