import { build } from "esbuild";
import { onDemand } from "./build/onDemand.ts";

/** With an older Node, the app would start, and fail at the first request. */
const REFUSE_OLD_NODE =
  'if(!Promise.withResolvers)throw new Error("Lightsout needs Node 22 or newer, and this is "+process.version+".");';

/**
 * Bundles the function app into the one CommonJS file that package.json `main` names.
 * `@azure/functions-core` exists only inside the Functions worker, which injects it.
 */
await build({
  entryPoints: ["src/main.ts"],
  outfile: "dist/main.cjs",
  bundle: true,
  platform: "node",
  target: "node22",
  banner: { js: REFUSE_OLD_NODE },
  format: "cjs",
  minify: true,
  charset: "utf8",
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "linked",
  external: ["@azure/functions-core"],
  plugins: [onDemand],
  logLevel: "warning",
});
