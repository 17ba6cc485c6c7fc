/*
 * What the package begins with: it runs the bundle with what V8 once compiled of it (compiled.ts), which takes half the time.
 * V8 refuses what another build of Node has compiled, but neither damage nor a bundle that is only as long.
 */
const { readFileSync } = require("node:fs");
const { wrap } = require("node:module");
const { join } = require("node:path");
const { Script } = require("node:vm");
const { crc32 } = require("node:zlib");

const filename = join(__dirname, "main.cjs");
const compiledFile = `${filename}.${process.version}-${process.platform}-${process.arch}`;
const source = readFileSync(filename);
const script = new Script(wrap(source.toString()), { filename, cachedData: compiled() });
if (script.cachedDataRejected !== false) {
  console.warn(JSON.stringify({ event: "start.uncompiled", node: process.version }));
}
script.runInThisContext().call(exports, exports, require, module, filename, __dirname);

function compiled() {
  try {
    const file = readFileSync(compiledFile);
    const data = file.subarray(0, -4);
    return crc32(source, crc32(data)) === file.readUInt32LE(data.length) ? data : undefined;
  } catch {
    // There is none, or it is empty.
  }
}
