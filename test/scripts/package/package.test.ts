import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { strFromU8, unzipSync } from "fflate";
import { type FunctionsHost, startHost } from "../../../local/host/host.ts";
import { packageContents } from "../../../scripts/package/contents.ts";
import { zip } from "../../../scripts/package/zip.ts";
import { deployedSettings } from "../../infra/deployment.ts";
import { root } from "../../infra/project.ts";

let archive: Uint8Array;
let files: Record<string, Uint8Array>;

beforeAll(() => {
  if (!existsSync(join(root, "dist/main.cjs"))) {
    spawnSync(process.execPath, ["scripts/build.ts"], { cwd: root, stdio: "inherit" });
  }
  archive = zip(packageContents(root));
  files = unzipSync(archive);
});

it("holds the bundle, its licences, host.json and a package.json, and nothing else", () => {
  expect(Object.keys(files)).toEqual([
    "dist/main.cjs",
    "dist/main.cjs.LEGAL.txt",
    "host.json",
    "package.json",
  ]);
  expect(JSON.parse(strFromU8(files["package.json"] as Uint8Array))).toEqual({
    name: "lightsout",
    version: expect.any(String),
    license: "MIT",
    main: "dist/main.cjs",
  });
});

it("is at most 1 MB", () => {
  expect(archive.length).toBeLessThan(1_000_000);
});

it("is the same whenever it is made, in whatever order", () => {
  const contents = Object.entries(packageContents(root)).reverse();
  expect(zip(Object.fromEntries(contents))).toEqual(archive);
});

it("names no file of the machine that made it", () => {
  expect(strFromU8(files["dist/main.cjs"] as Uint8Array)).not.toContain(root);
});

it("needs the app to be built", () => {
  expect(() => packageContents(join(root, "test"))).toThrow(/ENOENT.*host\.json/);
});

/** Far from node_modules, so that nothing but the package can be loaded. */
let folder: string;
let host: FunctionsHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lightsout-"));
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  host = await startHost({ root: folder, env: deployedSettings() });
});

afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true });
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
  const names = host.functions.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(["authCallback", "authLogoutCallback", "authPurgeExpired"]),
  );
});
