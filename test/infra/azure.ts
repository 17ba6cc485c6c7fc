/** What `tenant().tenantId` is. */
export const TENANT = "00000000-0000-4000-8000-000000000001";

const RESOURCES = "/subscriptions/s/resourceGroups/rg-test/providers";

/** What the modules from the registry and the resources answer, by symbol, in the form that Azure gives it. */
export const ANSWERS = {
  identity: {
    resourceId: `${RESOURCES}/Microsoft.ManagedIdentity/userAssignedIdentities/id-abc`,
    clientId: "00000000-0000-4000-8000-00000000000c",
    principalId: "00000000-0000-4000-8000-00000000000d",
  },
  storage: {
    serviceEndpoints: {
      blob: "https://stabc.blob.core.windows.net/",
      table: "https://stabc.table.core.windows.net/",
    },
  },
  vault: { uri: "https://kv-abc.vault.azure.net/" },
  workspace: { resourceId: `${RESOURCES}/Microsoft.OperationalInsights/workspaces/log-abc` },
  applicationInsights: { connectionString: "InstrumentationKey=1" },
  plan: { resourceId: `${RESOURCES}/Microsoft.Web/serverfarms/plan-abc` },
  site: { name: "func-lightsout-abcdefghijklm" },
  registration: { appId: "00000000-0000-4000-8000-00000000000a" },
  actionGroup: { id: `${RESOURCES}/Microsoft.Insights/actionGroups/ag-abc` },
};

/** Bicep's functions, as far as they are used here. */
// biome-ignore lint/suspicious/noExplicitAny: they take anything
export const FUNCTIONS: Record<string, (a: any, b: any, c: any) => unknown> = {
  empty: (list) => Object.keys(list).length === 0,
  guid: () => "guid",
  items: (object) =>
    Object.keys(object)
      .sort()
      .map((key) => ({ key, value: object[key] })),
  replace: (text, from, to) => text.replaceAll(from, to),
  resourceGroup: () => ({ id: "resourceGroup" }),
  string: String,
  subscription: () => ({ id: "subscription" }),
  take: (text, count) => text.slice(0, count),
  tenant: () => ({ tenantId: TENANT }),
  toLower: (text) => text.toLowerCase(),
  union: (a, b) => ({ ...a, ...b }),
  uniqueString: () => "abcdefghijklm",
};
