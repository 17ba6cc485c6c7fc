/**
 * Begins a program that loads a Functions app without a host: `done` has what the app registers, as `[what, name]`.
 */
export const STAND_IN_CORE = `
const { Module } = process.getBuiltinModule("node:module");
const done = [];
const note = (what) => (...args) => void done.push([what, String(args[0]?.name ?? args[0])]);
const core = {
  version: "3.10.1", hostVersion: "4.1036.1.0", log() {}, setProgrammingModel() {}, Disposable: class {},
  registerFunction: note("function"), registerHook: note("hook"),
};
const load = Module.prototype.require;
Module.prototype.require = function (id) {
  return id === "@azure/functions-core" ? core : load.call(this, id);
};
`;
