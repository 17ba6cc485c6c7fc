import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { beforeAll, expect, it } from "@jest/globals";
import { addCompiled, compiledIn } from "../../../scripts/package/compiled.ts";
import { type Contents, packageContents } from "../../../scripts/package/contents.ts";
import { root } from "../../infra/project.ts";
import { newFolder } from "../../support/folder.ts";
import { STAND_IN_CORE } from "../../support/standInCore.ts";

const NAME = `dist/main.cjs.${process.version}-${process.platform}-${process.arch}`;
const BUNDLE = "dist/main.cjs";

/** Starts the package. It prints whether it would sign out, and what V8 did with what was compiled before. */
const PROGRAM = `${STAND_IN_CORE}
const vm = require("node:vm");
let compiled = "none";
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    if (options.cachedData) compiled = this.cachedDataRejected ? "refused" : "used";
  }
};
require(process.argv[1]);
const signsOut = done.some(([, name]) => name === "authLogoutCallback");
console.log(JSON.stringify({ signsOut, compiled }));
`;

let contents: Contents;
let made: Buffer;
beforeAll(async () => {
  contents = packageContents(root);
  const { path, stop } = await newFolder(contents);
  await addCompiled(path);
  made = Buffer.from(compiledIn(path)[NAME] as Uint8Array);
  await stop();
});

async function start(more: Contents): Promise<{ signsOut: boolean; compiled: string }> {
  const { path: cwd, stop } = await newFolder({ ...contents, ...more });
  const before = await filesIn(cwd);
  const program = ["--eval", PROGRAM, join(cwd, "dist/start.cjs")];
  const { stdout } = spawnSync(process.execPath, program, { cwd, encoding: "utf8" });
  // It may be read-only.
  expect(await filesIn(cwd)).toEqual(before);
  await stop();
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

const filesIn = async (folder: string) => (await readdir(folder, { recursive: true })).sort();

/** With a sum that fits. */
function summed(data: Uint8Array, bundle = contents[BUNDLE] as Uint8Array): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(bundle, crc32(data)));
  return Buffer.concat([data, sum]);
}

function changed(at: number, by: (part: Buffer) => void, bytes = made): Buffer {
  const copy = Buffer.from(bytes);
  by(copy.subarray(at));
  return copy;
}

/** As long as the real one, and not the same. */
const otherBundle = () => {
  const text = Buffer.from(contents[BUNDLE] as Uint8Array).toString();
  return Buffer.from(text.replace("Lightsout needs Node", "Lightsout wants Node"));
};

it.each<[string, string, () => Contents]>([
  ["made by this Node", "used", () => ({ [NAME]: made })],
  ["not there", "none", () => ({})],
  ["made by another Node", "none", () => ({ [NAME.replace("/main.cjs.v", "/main.cjs.v1")]: made })],
  [
    "made by another Node, whatever its name says",
    "refused",
    // After four bytes of its own, V8 has four of its version.
    () => ({ [NAME]: summed(changed(4, (version) => version.fill(0, 0, 4)).subarray(0, -4)) }),
  ],
  ["empty", "none", () => ({ [NAME]: Buffer.alloc(0) })],
  ["cut off", "none", () => ({ [NAME]: made.subarray(0, made.length / 2) })],
  ["full of zeros", "none", () => ({ [NAME]: changed(1_000, (rest) => rest.fill(0)) })],
  [
    "damaged in one bit",
    "none",
    () => ({ [NAME]: changed(made.length / 2, (rest) => rest.writeUInt8(rest.readUInt8() ^ 1)) }),
  ],
  [
    "made of a bundle that is only as long",
    "none",
    () => ({ [NAME]: made, [BUNDLE]: otherBundle() }),
  ],
])("starts with what was compiled %s: %s", async (_, compiled, more) => {
  expect(await start(more())).toEqual({ signsOut: true, compiled });
});

it("imports nothing by itself: a script that is compiled in this way cannot", () => {
  expect(Buffer.from(contents[BUNDLE] as Uint8Array).toString()).not.toMatch(/\bimport\(/);
});
