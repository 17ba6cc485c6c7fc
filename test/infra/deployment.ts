import { dirname, join } from "node:path/posix";
import { ANSWERS, FUNCTIONS } from "./azure.ts";
import { type BicepFile, type Declaration, readBicep } from "./bicep.ts";
import { evaluate, type Scope, type Values } from "./evaluate.ts";
import { readText } from "./project.ts";

const SEED = "0f8fad5b-d9cb-469f-a165-70867728950e7c9e6679-7425-40de-944b-e07fc1f90ae7";

const PARAMETERS = {
  environmentName: "test",
  location: "swedencentral",
  keySeed: SEED,
  keyDay: "2026-11-30",
};

/** main.bicep and the files that it deploys. @param cloud `environment().name`. */
export function deploy(parameters: Values = {}, cloud = "AzureCloud") {
  const main = new Part("main.bicep", { ...PARAMETERS, ...parameters }, cloud);
  return {
    main,
    api: main.part("api"),
    monitoring: main.part("monitoring"),
    registration: main.part("registration"),
    sealingKeys: main.part("sealingKeys"),
  };
}

/** Every module and resource, as `api/site`. `made` is undefined where it is not deployed. */
export function everything(parts: ReturnType<typeof deploy>) {
  return Object.entries(parts).flatMap(([name, part]) =>
    [...part.file.symbols]
      .filter(([, { kind }]) => kind === "module" || kind === "resource")
      .map(([symbol, { source }]) => ({
        at: `${name}/${symbol}`,
        source,
        made: part.resource<Values | undefined>(symbol),
      })),
  );
}

/** One of the files, with the parameters that it gets. */
export class Part implements Scope {
  readonly file: BicepFile;
  readonly #path: string;
  readonly #parameters: Values;
  readonly #cloud: string;

  constructor(path: string, parameters: Values, cloud: string) {
    this.file = readBicep(path);
    this.#path = path;
    this.#parameters = parameters;
    this.#cloud = cloud;
  }

  /** The properties of a resource, or a list of them. Undefined: it is not deployed. */
  resource<T = Values>(symbol: string): T {
    return this.#body(this.#declared(symbol)) as T;
  }

  /** What a module is called with. */
  arguments(module: string): Values {
    return this.resource<{ params: Values }>(module).params;
  }

  part(module: string): Part {
    const path = join(dirname(this.#path), this.#declared(module).source);
    return new Part(path, this.arguments(module), this.#cloud);
  }

  outputs(): Values {
    const all = [...this.file.outputs];
    return Object.fromEntries(all.map(([name, output]) => [name, this.#body(output)]));
  }

  look = (name: string): unknown => {
    if (name in this.#parameters) return this.#parameters[name];
    const declared = this.#declared(name);
    const answers = ANSWERS[name as keyof typeof ANSWERS];
    if (declared.kind === "module") {
      const isOurs = declared.source.startsWith("./");
      return { outputs: isOurs ? this.part(name).outputs() : answers };
    }
    const body = this.#body(declared);
    if (declared.kind !== "resource") return body;
    if (body === undefined) throw new Error(`${name} is not deployed.`);
    return { ...body, ...answers };
  };

  call = (name: string, [a, b, c]: unknown[]): unknown => {
    if (name === "environment") return { name: this.#cloud };
    if (name === "loadTextContent") return this.#load(a);
    if (name === "loadJsonContent") return JSON.parse(this.#load(a));
    const called = FUNCTIONS[name];
    if (!called) throw new Error(`Cannot evaluate ${name}().`);
    return called(a, b, c);
  };

  #load(path: unknown): string {
    return readText(join("infra", dirname(this.#path), String(path)));
  }

  #declared(symbol: string): Declaration {
    const declared = this.file.symbols.get(symbol);
    if (!declared) throw new Error(`${this.#path} has no "${symbol}".`);
    return declared;
  }

  #body({ value }: Declaration): object | undefined {
    if (!value) throw new Error(`${this.#path}: a parameter is missing.`);
    return evaluate(value, this) as object | undefined;
  }
}

/** The app settings, with the Key Vault reference resolved as the platform does. */
export function deployedSettings(
  parameters: Values = {},
  cloud = "AzureCloud",
): Record<string, string> {
  const { api, sealingKeys } = deploy(parameters, cloud);
  const [config] = api.arguments("site").configs as [{ properties: Record<string, string> }];
  const { name, properties } = sealingKeys.resource<{
    name: string;
    properties: { value: string };
  }>("secret");
  const secretUri = `${ANSWERS.vault.uri}secrets/${name.split("/")[1]}`;
  const reference = `@Microsoft.KeyVault(SecretUri=${secretUri})`;
  const settings = Object.entries(config.properties);
  return Object.fromEntries(
    settings.map(([key, value]) => [key, value === reference ? properties.value : value]),
  );
}
