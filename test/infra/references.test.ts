import { describe, expect, it, test } from "@jest/globals";
import { argumentNames } from "./evaluate.ts";
import { file, files } from "./files.ts";
import { readJson } from "./project.ts";
import { calledFunctions, loopVariables, surfaceOf, usedNames, usedOutputs } from "./references.ts";

/** Of the Bicep functions and decorators, those in use here. */
const FUNCTIONS = new Set(
  `allowed description maxLength maxValue metadata minLength minValue onlyIfNotExists secure
  empty environment guid items loadJsonContent loadTextContent newGuid replace resourceGroup string
  subscription take tenant toLower union uniqueString`.split(/\s+/),
);

const modules = [...files.values()].flatMap((from) =>
  [...from.modules.values()].map((module) => ({
    from,
    module,
    title: `${from.path} ${module.symbol}`,
  })),
);

describe.each([...files.values()])("$path", (from) => {
  const { tree, parameters, variables, resources, modules } = from;
  const declared = [...parameters.keys(), ...variables.keys()];
  const symbols = [...resources.keys(), ...modules.keys()];
  const used = new Set(usedNames(tree));

  it("uses only what is declared", () => {
    const known = new Set([...declared, ...symbols, ...loopVariables(tree)]);
    expect([...used].filter((name) => !known.has(name))).toEqual([]);
  });

  it("uses every parameter and variable", () => {
    expect(declared.filter((name) => !used.has(name))).toEqual([]);
  });

  it("calls only functions that exist", () => {
    expect(calledFunctions(tree).filter((name) => !FUNCTIONS.has(name))).toEqual([]);
  });

  it("uses only outputs that its modules have", () => {
    const missing = usedOutputs(tree).filter(([symbol, output]) => {
      const module = modules.get(symbol);
      return !module || !surfaceOf(from, module, files).outputs.includes(output);
    });
    expect(missing).toEqual([]);
  });
});

describe.each(modules)("$title", ({ from, module }) => {
  const given = argumentNames(module);
  const { required, optional } = surfaceOf(from, module, files);

  it("gets every parameter that is required", () => {
    expect(required.filter((name) => !given.includes(name))).toEqual([]);
  });

  it("reports to nobody that it is used", () => {
    if (!module.source.startsWith("br/public:avm/")) return;
    expect(module.body.text).toMatch(/^ {4}enableTelemetry: false$/m);
  });

  it("gets no parameter that it does not have", () => {
    expect(given.filter((name) => !required.includes(name) && !optional.includes(name))).toEqual(
      [],
    );
  });
});

test("every output of a module here is used", () => {
  const unused = modules.flatMap(({ from, module }) => {
    if (!module.source.startsWith("./")) return [];
    const used = usedOutputs(from.tree).map(([symbol, output]) => `${symbol}.${output}`);
    const { outputs } = surfaceOf(from, module, files);
    return outputs
      .map((output) => `${module.symbol}.${output}`)
      .filter((name) => !used.includes(name));
  });
  expect(unused).toEqual([]);
});

describe("main.parameters.json", () => {
  const { parameters } = readJson<{ parameters: Record<string, unknown> }>(
    "infra/main.parameters.json",
  );
  const declared = [...file("main.bicep").parameters.values()];

  it("gives every parameter without a default", () => {
    const required = declared.filter(({ defaultValue }) => !defaultValue).map(({ name }) => name);
    expect(Object.keys(parameters)).toEqual(expect.arrayContaining(required));
  });

  it("gives only parameters that exist, and never a secure one", () => {
    const open = declared.filter(({ decorators }) => !decorators.includes("secure"));
    expect(open.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(parameters)));
  });
});

test("no output carries what came in as a secure parameter", () => {
  for (const { outputs, parameters } of files.values()) {
    for (const output of outputs.values()) {
      const names = usedNames(output).map((name) => parameters.get(name)?.decorators ?? []);
      expect(names.flat()).not.toContain("secure");
    }
  }
});
