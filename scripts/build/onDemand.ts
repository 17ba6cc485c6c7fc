import type { Plugin } from "esbuild";

/** Modules that the Table SDK loads at once and needs seldom, or never, and what takes their place in the bundle. */
const SUBSTITUTES: Readonly<Record<string, string>> = {
  // The table service answers some faults in XML, and is never sent any.
  "@azure/core-xml": `
    export const parseXML = async (...given) => (await import("@azure/core-xml")).parseXML(...given);
    export const stringifyXML = () => { throw new Error("Nothing is sent as XML."); };
  `,
  // For a policy that src/shared/table/tableClient.ts takes away.
  "http-proxy-agent": "export const HttpProxyAgent = undefined;",
  "https-proxy-agent": "export const HttpsProxyAgent = undefined;",
};

/** Keeps them from being loaded before the app's first answer. */
export const onDemand: Plugin = {
  name: "on-demand",
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${Object.keys(SUBSTITUTES).join("|")})$`);
    const namespace = "on-demand";
    // What takes a module's place may still import the module itself.
    onResolve({ filter }, ({ path, resolveDir, ...from }) =>
      from.namespace === namespace ? undefined : { path, namespace, pluginData: resolveDir },
    );
    onLoad({ filter, namespace }, ({ path, pluginData: resolveDir }) => ({
      contents: SUBSTITUTES[path] ?? "",
      resolveDir,
    }));
  },
};
