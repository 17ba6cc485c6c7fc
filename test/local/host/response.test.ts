import { describe, expect, it, test } from "@jest/globals";
import { eventually } from "../../support/eventually.ts";
import { shared } from "../../support/shared.ts";
import { hostJson, runApp, send } from "./app.ts";

const RESULTS: Record<string, string> = {
  text: `{ body: "héllo" }`,
  json: `{ jsonBody: { a: 1 } }`,
  buffer: `{ body: Buffer.from([0, 255]), headers: { "content-type": "image/png" } }`,
  status: `{ status: 418, body: "teapot" }`,
  empty: `{ status: 202 }`,
  instance: `new HttpResponse({ status: 201, body: "made" })`,
  stream: `{ body: new Blob(["a", "b"]).stream() }`,
  nothing: `undefined`,
  nil: `null`,
  words: `"words"`,
  nocontent: `{ status: 204, body: "dropped" }`,
  redirect: `{ status: 302, headers: { location: "/elsewhere" } }`,
  thrown: `(() => { throw new Error("secret") })()`,
  rejected: `Promise.reject(new Error("secret"))`,
  thrownnothing: `(() => { throw undefined })()`,
  thrownstring: `(() => { throw "secret" })()`,
  nonascii: `{ headers: { "x-a": "é" } }`,
  wide: `{ headers: { "x-a": "→" } }`,
  length: `{ headers: { "content-length": "3" }, body: "four" }`,
  hops: `{ headers: { connection: "close", "transfer-encoding": "x", upgrade: "h2c", te: "a", "x-a": "1" } }`,
  custom: `{ headers: { "X-HOST": "own" } }`,
  setcookies: `{ headers: new Headers([["set-cookie", "a=1"], ["set-cookie", "b=2"]]), cookies: [{ name: "c", value: "3" }] }`,
  plain: `{ cookies: [{ name: "a", value: "1" }] }`,
  full: `{ cookies: [{ name: "__Host-a", value: "1", domain: "x.test", path: "/p", expires: new Date(86400000), secure: true, httpOnly: true, sameSite: "None", maxAge: 60.9, partitioned: true, priority: "High" }] }`,
  encoded: `{ cookies: [{ name: "a", value: "a b;c,\\"é=%!'()*-._~" }] }`,
  several: `{ cookies: [{ name: "a", value: "1", sameSite: "Lax" }, { name: "b", value: "2", sameSite: "Strict" }] }`,
  epoch: `{ cookies: [{ name: "a", value: "", expires: new Date(0) }] }`,
  deleted: `{ cookies: [{ name: "a", value: "", maxAge: 0 }] }`,
  negative: `{ cookies: [{ name: "a", value: "1", maxAge: -1 }] }`,
  badname: `{ cookies: [{ name: "a b", value: "1" }] }`,
  badpath: `{ cookies: [{ name: "a", value: "1", path: "/é" }] }`,
  badtype: `{ cookies: [{ name: "a", value: 1 }] }`,
  negotiated: `{ enableContentNegotiation: true, body: "x" }`,
};

const app = shared(() =>
  runApp({
    host: hostJson({ routePrefix: "", customHeaders: { "X-Host": "host", "X-Other": "2" } }),
    main: `
      const { HttpResponse } = require("@azure/functions");
      const results = { ${Object.entries(RESULTS).map(([name, code]) => `${name}: () => (${code})`)} };
      for (const [name, result] of Object.entries(results)) {
        app.http(name, { methods: ["GET", "HEAD"], handler: async () => result() });
      }`,
  }),
);

async function get(name: string, method = "GET") {
  return send(app.host, `/${name}`, { method });
}

describe("bodies", () => {
  test.each([
    ["text", 200, "héllo", "text/plain;charset=UTF-8"],
    ["json", 200, '{"a":1}', "application/json"],
    ["status", 418, "teapot", "text/plain;charset=UTF-8"],
    ["instance", 201, "made", "text/plain;charset=UTF-8"],
    ["stream", 200, "ab", undefined],
    ["empty", 202, "", undefined],
    ["nocontent", 204, "", undefined],
  ])("%s", async (name, status, body, contentType) => {
    const reply = await get(name);
    expect(reply).toMatchObject({ status, body });
    expect(reply.headers["content-type"]?.[0]).toBe(contentType);
  });

  it("may be bytes", async () => {
    const response = await fetch(`${app.host.url}/buffer`);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
    expect(response.headers.get("content-type")).toBe("image/png");
  });

  it("are chunked, and of length 0 when empty", async () => {
    expect((await get("text")).headers).toMatchObject({ "transfer-encoding": ["chunked"] });
    expect((await get("empty")).headers).toMatchObject({ "content-length": ["0"] });
  });

  it("are left out for HEAD", async () => {
    expect(await get("text", "HEAD")).toMatchObject({ status: 200, body: "" });
  });
});

describe("what is no response", () => {
  it("is 204 when it is nothing", async () => {
    expect(await get("nothing")).toMatchObject({ status: 204, body: "" });
    expect(await get("nil")).toMatchObject({ status: 204, body: "" });
    expect(await get("thrownnothing")).toMatchObject({ status: 204, body: "" });
  });

  test.each([
    ["words", /must be an object/],
    ["thrown", /secret/],
    ["rejected", /secret/],
    ["thrownstring", /secret/],
    ["nonascii", /Invalid non-ASCII or control character in header "x-a"/],
    ["wide", /ByteString/],
    ["length", /Content-Length mismatch/],
    ["negative", /maxAge/],
    ["badname", /Invalid cookie name/],
    ["badpath", /Invalid non-ASCII/],
    ["badtype", /cookie.value/],
    ["negotiated", /enableContentNegotiation/],
  ])("%s is a bare 500 and an error in the log", async (name, reason) => {
    const before = app.lines.length;
    const { status, body, headers } = await get(name);
    expect({ status, body }).toEqual({ status: 500, body: "" });
    expect(headers).toMatchObject({ "content-length": ["0"], "x-host": ["host"] });
    expect(headers).not.toHaveProperty("set-cookie");
    await eventually(() =>
      app.lines
        .slice(before)
        .some(({ level, message }) => level === "error" && reason.test(message)),
    );
  });
});

describe("headers", () => {
  it("of host.json are added, unless the function has its own", async () => {
    expect((await get("json")).headers).toMatchObject({ "x-host": ["host"], "x-other": ["2"] });
    expect((await get("custom")).headers).toMatchObject({ "x-host": ["own"], "x-other": ["2"] });
    expect((await send(app.host, "/nowhere")).headers).toMatchObject({ "x-host": ["host"] });
  });

  it("that belong to the connection are dropped", async () => {
    const { headers } = await get("hops");
    expect(headers).toMatchObject({ "x-a": ["1"] });
    expect(headers).not.toHaveProperty("upgrade");
    expect(headers).not.toHaveProperty("te");
    expect(headers).not.toHaveProperty("transfer-encoding");
  });

  it("redirect", async () => {
    expect((await get("redirect")).headers).toMatchObject({ location: ["/elsewhere"] });
  });
});

describe("cookies", () => {
  test.each([
    ["plain", ["a=1; path=/"]],
    [
      "full",
      [
        "__Host-a=1; expires=Fri, 02 Jan 1970 00:00:00 GMT; max-age=60; domain=x.test; path=/p; secure; samesite=none; httponly",
      ],
    ],
    ["encoded", ["a=a%20b%3Bc%2C%22%C3%A9%3D%25%21%27%28%29%2A-._~; path=/"]],
    ["several", ["a=1; path=/; samesite=lax", "b=2; path=/; samesite=strict"]],
    ["epoch", ["a=; path=/"]],
    ["deleted", ["a=; max-age=0; path=/"]],
  ])("%s", async (name, expected) => {
    expect((await get(name)).headers["set-cookie"]).toEqual(expected);
  });

  it("as headers: only the last survives, beside those of the array", async () => {
    expect((await get("setcookies")).headers["set-cookie"]).toEqual(["b=2", "c=3; path=/"]);
  });
});
