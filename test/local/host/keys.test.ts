import { describe, expect, it, test } from "@jest/globals";
import { eventually } from "../../support/eventually.ts";
import { shared } from "../../support/shared.ts";
import { runApp, send } from "./app.ts";

const main = `
  for (const authLevel of ["anonymous", "function", "admin"]) {
    app.http("for-" + authLevel, { authLevel, methods: ["GET"], handler: () => ({ body: authLevel }) });
  }`;
const keys = { master: "master-key", default: "default-key" };

describe("function keys", () => {
  const app = shared(() => runApp({ main }, { keys }));

  it("warns of a code that an anonymous function gets", async () => {
    await send(app.host, "/for-anonymous?code=from-elsewhere");
    expect(await eventually(() => app.lines.find(({ level }) => level === "warning"))).toEqual({
      level: "warning",
      category: "system",
      functionName: "for-anonymous",
      message: "code query parameter is read by the Functions host as a key",
    });
  });

  test.each([
    ["anonymous", undefined, 200],
    ["anonymous", "wrong", 200],
    ["function", undefined, 401],
    ["function", "wrong", 401],
    ["function", "default-key", 200],
    ["function", "master-key", 200],
    ["admin", undefined, 401],
    ["admin", "wrong", 401],
    ["admin", "default-key", 401],
    ["admin", "master-key", 200],
  ])("%s with %s: %i", async (name, key, status) => {
    const headers = key === undefined ? {} : { "x-functions-key": key };
    const replies = [
      await send(app.host, `/for-${name}`, { headers }),
      await send(app.host, key === undefined ? `/for-${name}` : `/for-${name}?CODE=${key}`),
    ];
    for (const reply of replies) {
      expect(reply).toMatchObject({ status, body: status === 200 ? name : "" });
    }
  });

  it("counts the header, not the parameter, when there are both", async () => {
    const headers = { "x-functions-key": "wrong" };
    expect((await send(app.host, "/for-function?code=default-key", { headers })).status).toBe(401);
  });
});

it("generates keys when none are given", async () => {
  const [one, other] = [await runApp({ main }), await runApp({ main })];
  try {
    const headers = { "x-functions-key": one.host.keys.default };
    expect((await send(one.host, "/for-function", { headers })).status).toBe(200);
    expect((await send(other.host, "/for-function", { headers })).status).toBe(401);
    expect(one.host.keys.master).not.toBe(one.host.keys.default);
  } finally {
    await one.stop();
    await other.stop();
  }
});
