import { join } from "node:path";
import { Language, type Node, Parser } from "web-tree-sitter";
import { readText, root } from "./project.ts";

/*
 * Reads Bicep files with tree-sitter's grammar. There is no Bicep compiler on npm; what only it can tell (types
 * of foreign modules, versions of resources) is compared with typed fixtures instead.
 */

export interface Parameter {
  readonly name: string;
  /** Of the decorators, such as `secure`. */
  readonly decorators: readonly string[];
  readonly type: string;
  readonly defaultValue: Node | undefined;
}

/** A resource or a module. */
export interface Declaration {
  readonly symbol: string;
  /** `Microsoft.Web/sites@2025-03-01`, a registry reference, or a path. */
  readonly source: string;
  readonly decorators: readonly string[];
  /** Its object, or the loop that makes several. */
  readonly body: Node;
}

export interface BicepFile {
  /** Below infra/. */
  readonly path: string;
  readonly tree: Node;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly variables: ReadonlyMap<string, Node>;
  readonly outputs: ReadonlyMap<string, Node>;
  readonly resources: ReadonlyMap<string, Declaration>;
  readonly modules: ReadonlyMap<string, Declaration>;
}

await Parser.init();
const grammar = join(root, "node_modules/tree-sitter-bicep/tree-sitter-bicep.wasm");
const parser = new Parser().setLanguage(await Language.load(grammar));

/** @throws Error with the line of the first mistake. */
export function parseBicep(source: string): Node {
  // The grammar is older than `extension`.
  const tree = parser.parse(source.replace(/^extension \w+$/m, ""))?.rootNode;
  if (tree === undefined) throw new Error("The parser was stopped.");
  const mistake = tree.hasError ? firstMistake(tree) : firstCrowdedLine(tree);
  if (mistake) throw new Error(`Line ${mistake.startPosition.row + 1}: ${mistake.text}`);
  return tree;
}

export function readBicep(path: string): BicepFile {
  const tree = parseBicep(readText(`infra/${path}`));
  const all = (type: string) => tree.descendantsOfType(type).filter((node) => node !== null);
  return {
    path,
    tree,
    parameters: named(all("parameter_declaration").map(parameterOf)),
    variables: values(all("variable_declaration")),
    outputs: values(all("output_declaration")),
    resources: symbols(all("resource_declaration").map(declarationOf)),
    modules: symbols(all("module_declaration").map(declarationOf)),
  };
}

/** Without comments. */
export function parts(node: Node): Node[] {
  return node.namedChildren.filter(
    (child) => child !== null && !child.type.endsWith("comment"),
  ) as Node[];
}

function firstMistake(node: Node): Node | undefined {
  if (node.isError || node.isMissing) return node;
  for (const child of node.children) {
    const found = child?.hasError || child?.isMissing ? firstMistake(child) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** The grammar takes what Bicep does not: two items on one line without a comma. */
function firstCrowdedLine(tree: Node): Node | undefined {
  for (const list of tree.descendantsOfType(["object", "array"])) {
    let previous: Node | undefined;
    for (const child of list?.children ?? []) {
      if (!child) continue;
      const crowded = previous?.isNamed && child.isNamed;
      if (crowded && previous?.endPosition.row === child.startPosition.row) {
        if (!child.type.endsWith("comment") && !previous.type.endsWith("comment")) return child;
      }
      previous = child;
    }
  }
  return undefined;
}

function parameterOf(node: Node): Parameter {
  const [identifier, type, defaultValue] = parts(node);
  return {
    name: identifier?.text ?? "",
    decorators: decoratorsOf(node),
    type: type?.text ?? "",
    defaultValue,
  };
}

function declarationOf(node: Node): Declaration {
  const [identifier, source, body] = parts(node);
  if (!identifier || !source || !body) throw new Error(`Not a declaration: ${node.text}`);
  return {
    symbol: identifier.text,
    source: source.text.slice(1, -1),
    decorators: decoratorsOf(node),
    body: body.type === "if_statement" ? (parts(body).at(-1) as Node) : body,
  };
}

function decoratorsOf(declaration: Node): string[] {
  let sibling = declaration.previousNamedSibling;
  while (sibling?.type.endsWith("comment")) sibling = sibling.previousNamedSibling;
  if (sibling?.type !== "decorators") return [];
  return sibling
    .descendantsOfType("call_expression")
    .map((call) => call?.childForFieldName("function")?.text ?? "");
}

function values(declarations: Node[]): Map<string, Node> {
  return new Map(
    declarations.map((node) => {
      const all = parts(node);
      return [all[0]?.text ?? "", all.at(-1) as Node];
    }),
  );
}

function named(parameters: Parameter[]): Map<string, Parameter> {
  return new Map(parameters.map((parameter) => [parameter.name, parameter]));
}

function symbols(declarations: Declaration[]): Map<string, Declaration> {
  return new Map(declarations.map((declaration) => [declaration.symbol, declaration]));
}
