import { argumentsOf, evaluate, type Given, resourceOf, type Values } from "./evaluate.ts";
import { file } from "./files.ts";

const RESOURCES = "/subscriptions/s/resourceGroups/rg-test/providers";

/** What the modules answer, in the form that Azure gives it. */
export const ANSWERS = {
  identity: {
    resourceId: `${RESOURCES}/Microsoft.ManagedIdentity/userAssignedIdentities/id-abc`,
    clientId: "00000000-0000-4000-8000-00000000000c",
    principalId: "00000000-0000-4000-8000-00000000000d",
  },
  registration: { clientId: "00000000-0000-4000-8000-00000000000a" },
  storage: {
    serviceEndpoints: {
      blob: "https://stabc.blob.core.windows.net/",
      table: "https://stabc.table.core.windows.net/",
    },
  },
  sealingKeys: { secretUri: "https://kv-abc.vault.azure.net/secrets/token-cache-keys" },
  vault: { uri: "https://kv-abc.vault.azure.net/" },
  monitoring: { connectionString: "InstrumentationKey=1" },
  workspace: { resourceId: `${RESOURCES}/Microsoft.OperationalInsights/workspaces/log-abc` },
  plan: { resourceId: `${RESOURCES}/Microsoft.Web/serverfarms/plan-abc` },
};

/** What the resources of a file answer where the file itself asks them. */
const RESOURCE_ANSWERS = {
  rg: { name: "rg-test" },
  actionGroup: { id: `${RESOURCES}/Microsoft.Insights/actionGroups/ag-abc` },
};

const PARAMETERS = {
  environmentName: "test",
  location: "swedencentral",
  keySeed: "0f8fad5b-d9cb-469f-a165-70867728950e7c9e6679-7425-40de-944b-e07fc1f90ae7",
};

/** One of the files, as main.bicep deploys it. */
export interface Part {
  arguments(module: string): Values;
  resource<T = Values>(symbol: string): T;
  output(name: string): unknown;
}

/** @param parameters Those of main.bicep that differ from the defaults. @param cloud `environment().name`. */
export function deploy(parameters: Values = {}, cloud = "AzureCloud") {
  const main = partOf("main.bicep", { ...PARAMETERS, ...parameters }, cloud);
  const part = (name: string) => partOf(`app/${name}.bicep`, main.arguments(name), cloud);
  return {
    main,
    api: part("api"),
    monitoring: part("monitoring"),
    registration: part("registration"),
    sealingKeys: part("sealingKeys"),
  };
}

function partOf(path: string, parameters: Values, cloud: string): Part {
  const source = file(path);
  const modules = Object.entries(ANSWERS).map(([name, outputs]) => [name, { outputs }]);
  const registration = { uniqueName: "unique", appId: ANSWERS.registration.clientId };
  const symbols = {
    ...Object.fromEntries(modules),
    ...RESOURCE_ANSWERS,
    ...(source.resources.has("registration") && { registration }),
  };
  const given: Given = { parameters, symbols, cloud };
  return {
    arguments: (module) => argumentsOf(source, module, given),
    resource: <T>(symbol: string) => resourceOf(source, symbol, given) as T,
    output(name) {
      const expression = source.outputs.get(name);
      if (!expression) throw new Error(`${path} has no output "${name}".`);
      return evaluate(source, expression, given);
    },
  };
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
  const reference = `@Microsoft.KeyVault(SecretUri=${ANSWERS.vault.uri}secrets/${name.split("/")[1]})`;
  const settings = Object.entries(config.properties);
  return Object.fromEntries(
    settings.map(([key, value]) => [key, value === reference ? properties.value : value]),
  );
}
