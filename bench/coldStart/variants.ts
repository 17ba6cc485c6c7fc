import { globSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import { ROOT } from "../../local/root.ts";
import { addCompiled } from "../../scripts/package/compiled.ts";
import { packageContents } from "../../scripts/package/contents.ts";
import { bundleProduct, SCRATCH } from "../world/bundles.ts";
import type { Place } from "./instance.ts";

/** One way to ship a function app. */
export interface Variant extends Place {
  readonly name: string;
  readonly kind: "cjs" | "esm";
}

const PLAIN = `
import { TableClient } from "@azure/data-tables";
import { app } from "@azure/functions";
import { ConfidentialClientApplication } from "@azure/msal-node";
app.http("any", {
  route: "{*path}",
  authLevel: "anonymous",
  handler: async () => ({ jsonBody: { sdks: [TableClient.name, ConfidentialClientApplication.name] } }),
});
`;

/** Makes all of them: first that which is deployed. */
export async function createVariants(): Promise<Variant[]> {
  await bundleProduct();
  const folder = (name: string) => `${SCRATCH}/${name}`;
  const contents = packageContents(ROOT);
  for (const name of ["package", "package-of-another-node"]) {
    await rm(join(ROOT, folder(name)), { recursive: true, force: true });
    for (const [path, bytes] of Object.entries(contents))
      await write(`${folder(name)}/${path}`, bytes);
  }
  const deployed = join(ROOT, folder("package"));
  await addCompiled(deployed);
  await transpile("esm", folder("unbundled"));
  await transpile("cjs", folder("unbundled-cjs"));
  await write(`${folder("plain")}/main.mjs`, PLAIN);
  const here = (name: string, main: string, kind: Variant["kind"]) => ({
    name,
    root: ROOT,
    main,
    kind,
  });
  const start = { main: "dist/start.cjs", kind: "cjs" } as const;
  return [
    { name: "the package", root: deployed, ...start },
    {
      name: "the package, of another Node",
      root: join(ROOT, folder("package-of-another-node")),
      ...start,
    },
    here("unbundled, ES modules", `${folder("unbundled")}/main.js`, "esm"),
    here("unbundled, CommonJS", `${folder("unbundled-cjs")}/main.js`, "cjs"),
    here("one function that imports the three SDKs", `${folder("plain")}/main.mjs`, "esm"),
  ];
}

/** Every source file by itself, as the TypeScript compiler would put it out. */
async function transpile(format: "cjs" | "esm", target: string): Promise<void> {
  await rm(join(ROOT, target), { recursive: true, force: true });
  const type = format === "esm" ? "module" : "commonjs";
  await write(`${target}/package.json`, JSON.stringify({ type }));
  for (const file of globSync("**/*.ts", { cwd: join(ROOT, "src") })) {
    const source = await readFile(join(ROOT, "src", file), "utf8");
    const { code } = await transform(source, { loader: "ts", format, target: "node22" });
    const imports = code.replace(/((?:from |require\(|import\(|import )"\.[^"]*)\.ts"/g, '$1.js"');
    await write(`${target}/${file.replace(/\.ts$/, ".js")}`, imports);
  }
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(ROOT, path)), { recursive: true });
  await writeFile(join(ROOT, path), content);
}
