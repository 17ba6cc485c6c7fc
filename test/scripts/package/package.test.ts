import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { strFromU8, unzipSync } from "fflate";
import { type FunctionsHost, startHost } from "../../../local/host/host.ts";
import { addCompiled, compiledIn } from "../../../scripts/package/compiled.ts";
import { packageContents } from "../../../scripts/package/contents.ts";
import { zip } from "../../../scripts/package/zip.ts";
import { deployedSettings } from "../../infra/deployment.ts";
import { root } from "../../infra/project.ts";
import { newFolder } from "../../support/folder.ts";
import { shared } from "../../support/shared.ts";

/** Far from node_modules, so that nothing but the package can be loaded. */
const folder = shared(() => newFolder(packageContents(root)));
let archive: Uint8Array;
let files: Record<string, Uint8Array>;
let host: FunctionsHost;

beforeAll(async () => {
  await addCompiled(folder.path);
  archive = zip({ ...packageContents(root), ...compiledIn(folder.path) });
  files = unzipSync(archive);
  host = await startHost({ root: folder.path, env: deployedSettings() });
});
afterAll(() => host.stop());

it("holds the bundle, what was compiled of it, its licences, host.json and a package.json, and nothing else", () => {
  expect(Object.keys(files)).toEqual([
    "dist/main.cjs",
    "dist/main.cjs.LEGAL.txt",
    `dist/main.cjs.${process.version}-${process.platform}-${process.arch}`,
    "dist/start.cjs",
    "host.json",
    "package.json",
  ]);
  expect(JSON.parse(strFromU8(files["package.json"] as Uint8Array))).toEqual({
    name: "lightsout",
    version: expect.any(String),
    license: "MIT",
    main: "dist/start.cjs",
  });
});

it("is at most 1 MB", () => {
  expect(archive.length).toBeLessThan(1_000_000);
});

it("is the same whenever it is made, in whatever order", () => {
  const contents = Object.entries(files).reverse();
  expect(zip(Object.fromEntries(contents))).toEqual(archive);
});

it("names no file of the machine that made it", () => {
  expect(strFromU8(files["dist/main.cjs"] as Uint8Array)).not.toContain(root);
});

it("needs the app to be built", () => {
  expect(() => packageContents(join(root, "test"))).toThrow(/ENOENT.*host\.json/);
});

it("runs from there, with the settings of the template", async () => {
  const response = await fetch(`${host.url}/auth/session`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    signedIn: false,
    signInUrl: "https://func-lightsout-abcdefghijklm.azurewebsites.net/auth/signin",
  });
});

it("has every function", () => {
  const names = ["authCallback", "authLogoutCallback", "authPurgeExpired"];
  expect(host.functions.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});
