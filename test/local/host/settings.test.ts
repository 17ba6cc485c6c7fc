import { afterEach, expect, test } from "@jest/globals";
import { readHostJson } from "../../../local/host/settings.ts";
import { type App, createApp } from "./app.ts";

let app: App | undefined;
afterEach(() => app?.remove());

async function read(host: unknown) {
  app = await createApp({ main: "", host });
  return readHostJson(app.root);
}

const DEFAULTS = { routePrefix: "api", customHeaders: {}, functionTimeout: 30 * 60_000 };
const own = { routePrefix: "", customHeaders: { "X-A": "1" } };

test.each<[object, object]>([
  [{}, {}],
  [
    { functionTimeout: "01:02:03", extensions: { http: own } },
    { ...own, functionTimeout: 3_723_000 },
  ],
  [{ functionTimeout: "1.00:00:00" }, { functionTimeout: 86_400_000 }],
  [{ functionTimeout: "-1" }, { functionTimeout: undefined }],
])("host.json with %j", async (given, expected) => {
  expect(await read({ version: "2.0", ...given })).toEqual({ ...DEFAULTS, ...expected });
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
])("host.json may not be %j", async (host, reason) => {
  await expect(read(host)).rejects.toThrow(/host\.json/);
  expect(() => readHostJson(app?.root ?? "")).toThrow(reason);
});
