import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const SDKS = ["@azure/functions", "@azure/msal-node", "@azure/data-tables"];

/**
 * Bytes that the package adds to the bundle of an app that has the three SDKs already.
 * @param functions What the app imports. @param folder From where the app finds it, and the SDKs.
 */
export async function addedBytes(functions: string, folder: string): Promise<number> {
  const size = async (lines: readonly string[]) => {
    const { outputFiles } = await build({
      stdin: { contents: lines.join("\n"), resolveDir: folder },
      ...{ bundle: true, minify: true, write: false, platform: "node", format: "cjs" },
      external: ["@azure/functions-core"],
      logLevel: "warning",
    });
    return outputFiles[0]?.contents.length ?? Number.NaN;
  };
  const without = SDKS.map((name, i) => `import * as a${i} from "${name}"; console.log(a${i});`);
  const added = `import { lightsout } from "${functions}"; lightsout();`;
  return (await size([...without, added])) - (await size(without));
}

/** Bytes of the package's module for pages, gzipped. */
export async function browserBytes(modules: string): Promise<number> {
  return gzipSync(await readFile(join(modules, "browser.js"))).length;
}
