import { describe, expect, it, test } from "@jest/globals";
import { eventually } from "../../support/eventually.ts";
import { shared } from "../../support/shared.ts";
import { hostJson, runApp, send } from "./app.ts";

/** Its function gives what the expression in the query stands for. */
const app = shared(() =>
  runApp({
    host: hostJson({ routePrefix: "", customHeaders: { "X-Host": "host", "X-Other": "2" } }),
    main: `
      const { HttpResponse } = require("@azure/functions");
      const handler = async (request) => eval("(" + request.query.get("gives") + ")");
      app.http("function", { methods: ["GET", "HEAD"], handler });`,
  }),
);

const pathOf = (result: string) => `/function?gives=${encodeURIComponent(result)}`;
const get = (result: string, method = "GET") => send(app.host, pathOf(result), { method });

const TEXT = "text/plain;charset=UTF-8";

describe("bodies", () => {
  test.each([
    [`{ body: "héllo" }`, 200, "héllo", TEXT],
    [`{ jsonBody: { a: 1 } }`, 200, '{"a":1}', "application/json"],
    [`{ status: 418, body: "teapot" }`, 418, "teapot", TEXT],
    [`new HttpResponse({ status: 201, body: "made" })`, 201, "made", TEXT],
    [`{ body: new Blob(["a", "b"]).stream() }`, 200, "ab", undefined],
    [`{ status: 202 }`, 202, "", undefined],
    [`{ status: 204, body: "dropped" }`, 204, "", undefined],
    ["undefined", 204, "", undefined],
    ["null", 204, "", undefined],
    ["(() => { throw undefined })()", 204, "", undefined],
  ])("%s", async (result, status, body, contentType) => {
    const reply = await get(result);
    expect(reply).toMatchObject({ status, body });
    expect(reply.headers["content-type"]?.[0]).toBe(contentType);
  });

  it("may be bytes", async () => {
    const result = `{ body: Buffer.from([0, 255]), headers: { "content-type": "image/png" } }`;
    const response = await fetch(app.host.url + pathOf(result));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
    expect(response.headers.get("content-type")).toBe("image/png");
  });

  it("are chunked, and of length 0 when empty", async () => {
    const chunked = { "transfer-encoding": ["chunked"] };
    expect((await get(`{ body: "x" }`)).headers).toMatchObject(chunked);
    expect((await get("{ status: 202 }")).headers).toMatchObject({ "content-length": ["0"] });
  });

  it("are left out for HEAD", async () => {
    expect(await get(`{ body: "x" }`, "HEAD")).toMatchObject({ status: 200, body: "" });
  });
});

test.each([
  [`"words"`, /must be an object/],
  [`(() => { throw new Error("secret") })()`, /secret/],
  [`Promise.reject(new Error("secret"))`, /secret/],
  [`(() => { throw "secret" })()`, /secret/],
  [`{ headers: { "x-a": "é" } }`, /Invalid non-ASCII or control character in header "x-a"/],
  [`{ headers: { "x-a": "→" } }`, /ByteString/],
  [`{ headers: { "content-length": "3" }, body: "four" }`, /Content-Length mismatch/],
  [`{ cookies: [{ name: "a", value: "1", maxAge: -1 }] }`, /maxAge/],
  [`{ cookies: [{ name: "a b", value: "1" }] }`, /Invalid cookie name/],
  [`{ cookies: [{ name: "a", value: "1", path: "/é" }] }`, /Invalid non-ASCII/],
  [`{ cookies: [{ name: "a", value: 1 }] }`, /cookie.value/],
  [`{ enableContentNegotiation: true, body: "x" }`, /enableContentNegotiation/],
])("%s is a bare 500 and an error in the log", async (result, reason) => {
  const before = app.lines.length;
  const { status, body, headers } = await get(result);
  expect({ status, body }).toEqual({ status: 500, body: "" });
  expect(headers).toMatchObject({ "content-length": ["0"], "x-host": ["host"] });
  expect(headers).not.toHaveProperty("set-cookie");
  await eventually(() =>
    app.lines.slice(before).some(({ level, message }) => level === "error" && reason.test(message)),
  );
});

describe("headers", () => {
  it("of host.json are added, unless the function has its own", async () => {
    expect((await get("{}")).headers).toMatchObject({ "x-host": ["host"], "x-other": ["2"] });
    const own = await get(`{ headers: { "X-HOST": "own" } }`);
    expect(own.headers).toMatchObject({ "x-host": ["own"], "x-other": ["2"] });
    expect((await send(app.host, "/nowhere")).headers).toMatchObject({ "x-host": ["host"] });
  });

  it("that belong to the connection are dropped", async () => {
    const hops = `connection: "close", "transfer-encoding": "x", upgrade: "h2c", te: "a"`;
    const { headers } = await get(`{ headers: { ${hops}, "x-a": "1" } }`);
    expect(headers).toMatchObject({ "x-a": ["1"] });
    for (const name of ["upgrade", "te", "transfer-encoding"]) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it("redirect", async () => {
    const { headers } = await get(`{ status: 302, headers: { location: "/elsewhere" } }`);
    expect(headers).toMatchObject({ location: ["/elsewhere"] });
  });
});

describe("cookies", () => {
  const FULL = `secure: true, httpOnly: true, sameSite: "None", maxAge: 60.9, partitioned: true, priority: "High"`;

  test.each([
    [`{ name: "a", value: "1" }`, ["a=1; path=/"]],
    [
      `{ name: "__Host-a", value: "1", domain: "x.test", path: "/p", expires: new Date(86400000), ${FULL} }`,
      [
        "__Host-a=1; expires=Fri, 02 Jan 1970 00:00:00 GMT; max-age=60; domain=x.test; path=/p; secure; samesite=none; httponly",
      ],
    ],
    [
      `{ name: "a", value: "a b;c,\\"é=%!'()*-._~" }`,
      ["a=a%20b%3Bc%2C%22%C3%A9%3D%25%21%27%28%29%2A-._~; path=/"],
    ],
    [
      `{ name: "a", value: "1", sameSite: "Lax" }, { name: "b", value: "2", sameSite: "Strict" }`,
      ["a=1; path=/; samesite=lax", "b=2; path=/; samesite=strict"],
    ],
    [`{ name: "a", value: "", expires: new Date(0) }`, ["a=; path=/"]],
    [`{ name: "a", value: "", maxAge: 0 }`, ["a=; max-age=0; path=/"]],
  ])("%s", async (cookies, expected) => {
    const { headers } = await get(`{ cookies: [${cookies}] }`);
    expect(headers["set-cookie"]).toEqual(expected);
  });

  it("as headers: only the last survives, beside those of the array", async () => {
    const headers = `new Headers([["set-cookie", "a=1"], ["set-cookie", "b=2"]])`;
    const reply = await get(`{ headers: ${headers}, cookies: [{ name: "c", value: "3" }] }`);
    expect(reply.headers["set-cookie"]).toEqual(["b=2", "c=3; path=/"]);
  });
});
