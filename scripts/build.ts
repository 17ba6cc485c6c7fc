import { build } from "esbuild";

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
  format: "cjs",
  minify: true,
  keepNames: true,
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "linked",
  external: ["@azure/functions-core"],
  logLevel: "warning",
});
