import { globSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import { ROOT } from "../../local/root.ts";
import { bundleProduct, SCRATCH } from "../world/bundles.ts";

/** One way to ship a function app. */
export interface Variant {
  readonly name: string;
  /** Relative to the checkout. */
  readonly main: string;
  readonly kind: "cjs" | "esm";
  /** The folder of Node's compile cache, if it has one. */
  readonly cache?: string;
}

const PLAIN = `
import { TableClient } from "@azure/data-tables";
import { app } from "@azure/functions";
import { ConfidentialClientApplication } from "@azure/msal-node";
app.http("authSession", {
  route: "auth/session",
  handler: async () => ({ jsonBody: { sdks: [TableClient.name, ConfidentialClientApplication.name] } }),
});
`;

/** Makes all of them. */
export async function createVariants(): Promise<Variant[]> {
  await bundleProduct();
  const folder = (name: string) => `${SCRATCH}/${name}`;
  await rm(join(ROOT, folder("compile-cache")), { recursive: true, force: true });
  await transpile("esm", folder("unbundled"));
  await transpile("cjs", folder("unbundled-cjs"));
  await write(`${folder("plain")}/main.mjs`, PLAIN);
  const shipped = { main: "dist/main.cjs", kind: "cjs" } as const;
  return [
    { name: "the shipped bundle", ...shipped },
    {
      name: "the same, with a warm compile cache",
      ...shipped,
      cache: join(ROOT, folder("compile-cache")),
    },
    { name: "unbundled, ES modules", main: `${folder("unbundled")}/main.js`, kind: "esm" },
    { name: "unbundled, CommonJS", main: `${folder("unbundled-cjs")}/main.js`, kind: "cjs" },
    {
      name: "one function that imports the three SDKs",
      main: `${folder("plain")}/main.mjs`,
      kind: "esm",
    },
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

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(ROOT, path)), { recursive: true });
  await writeFile(join(ROOT, path), text);
}
