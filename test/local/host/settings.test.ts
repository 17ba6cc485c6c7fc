import { afterEach, describe, expect, it, test } from "@jest/globals";
import { readEntryPoints, readHostJson, readLocalSettings } from "../../../local/host/settings.ts";
import { type App, type AppFiles, createApp } from "./app.ts";

let app: App | undefined;

async function folder(files: Partial<AppFiles>): Promise<string> {
  app = await createApp({ main: "", ...files });
  return app.root;
}

afterEach(() => app?.remove());

describe("host.json", () => {
  it("has defaults", async () => {
    expect(readHostJson(await folder({ host: { version: "2.0" } }))).toEqual({
      routePrefix: "api",
      customHeaders: {},
      functionTimeout: 30 * 60 * 1000,
    });
  });

  it("sets prefix, headers and timeout", async () => {
    const http = { routePrefix: "", customHeaders: { "X-A": "1" } };
    const host = { version: "2.0", functionTimeout: "01:02:03", extensions: { http } };
    expect(readHostJson(await folder({ host }))).toEqual({
      routePrefix: "",
      customHeaders: { "X-A": "1" },
      functionTimeout: 3_723_000,
    });
  });

  it("knows a timeout of days, and none", async () => {
    const days = await folder({ host: { version: "2.0", functionTimeout: "1.00:00:00" } });
    expect(readHostJson(days).functionTimeout).toBe(86_400_000);
    await app?.remove();
    const unlimited = await folder({ host: { version: "2.0", functionTimeout: "-1" } });
    expect(readHostJson(unlimited).functionTimeout).toBeUndefined();
  });

  test.each([
    [{}, '"version" must be "2.0"'],
    [[], "must hold a JSON object"],
    [{ version: "4" }, '"version" must be "2.0"'],
    [{ version: "2.0", functionTimeout: "90" }, "functionTimeout must be"],
    [{ version: "2.0", functionTimeout: "00:00:00" }, "functionTimeout must be"],
    [{ version: "2.0", extensions: { http: { routePrefix: 1 } } }, "routePrefix must be a string"],
    [{ version: "2.0", extensions: { http: { customHeaders: { a: 1 } } } }, "ASCII strings"],
    [{ version: "2.0", extensions: { http: { customHeaders: { a: "é" } } } }, "ASCII strings"],
  ])("refuses %j", async (host, reason) => {
    const root = await folder({ host });
    expect(() => readHostJson(root)).toThrow(reason);
    expect(() => readHostJson(root)).toThrow("host.json");
  });

  it("must be there and be JSON", async () => {
    const root = await folder({ files: { "host.json": '{"version":' } });
    expect(() => readHostJson(root)).toThrow(/host\.json is not valid JSON/);
    expect(() => readHostJson(`${root}/nowhere`)).toThrow("host.json is missing");
  });
});

describe("local.settings.json", () => {
  it("gives its values as strings", async () => {
    const root = await folder({ settings: { Values: { A: "1", B: 2, C: true } } });
    expect(readLocalSettings(root)).toEqual({ A: "1", B: "2", C: "true" });
  });

  it("need not be there", async () => {
    expect(readLocalSettings(await folder({}))).toEqual({});
  });

  it("is refused when it is encrypted or nested", async () => {
    const encrypted = await folder({ settings: { IsEncrypted: true, Values: {} } });
    expect(() => readLocalSettings(encrypted)).toThrow("is encrypted");
    await app?.remove();
    const nested = await folder({ settings: { Values: { A: { B: 1 } } } });
    expect(() => readLocalSettings(nested)).toThrow("the value of A must be a string");
  });
});

describe("the entry points", () => {
  it("are those that main names, also as a glob", async () => {
    const root = await folder({ files: { "a.js": "", "b.js": "" } });
    expect(readEntryPoints(root)).toEqual({ files: [`${root}/main.cjs`], esm: false });
    expect(readEntryPoints(root, "*.js").files.sort()).toEqual([`${root}/a.js`, `${root}/b.js`]);
  });

  it("must exist", async () => {
    const root = await folder({ files: { "package.json": "{}" } });
    expect(() => readEntryPoints(root)).toThrow('"main" must name the file');
    expect(() => readEntryPoints(root, "dist/x.cjs")).toThrow(
      'Worker was unable to load entry point "dist/x.cjs": File does not exist',
    );
  });
});
