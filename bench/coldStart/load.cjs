/*
 * Loads one entry point, as the Functions worker does, in a process that does nothing else, and prints the
 * milliseconds it took: `{"wall":…,"cpu":…}`. Arguments: the file, and `cjs` or `esm`.
 */
const Module = require("node:module");
const { pathToFileURL } = require("node:url");

const [, , file, kind] = process.argv;

// The worker puts its own module in the way of `require`, too.
const core = {
  version: "3.10.1",
  hostVersion: "4.1036.1.0",
  registerFunction() {},
  registerHook() {},
  setProgrammingModel() {},
  log() {},
  Disposable: class {},
};
const load = Module.prototype.require;
Module.prototype.require = function (id) {
  return id === "@azure/functions-core" ? core : load.call(this, id);
};

const cpuBefore = process.cpuUsage();
const before = performance.now();
void Promise.resolve(kind === "esm" ? import(pathToFileURL(file).href) : require(file)).then(() => {
  const wall = performance.now() - before;
  const { user, system } = process.cpuUsage(cpuBefore);
  process.stdout.write(JSON.stringify({ wall, cpu: (user + system) / 1000 }), () => process.exit());
});
