import { afterEach, describe, expect, it, test } from "@jest/globals";
import { readHostJson } from "../../../local/host/settings.ts";
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
});
