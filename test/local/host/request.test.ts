import { describe, expect, it, test } from "@jest/globals";
import { eventually } from "../../support/eventually.ts";
import { shared } from "../../support/shared.ts";
import { hostJson, runApp, type SendOptions, send } from "./app.ts";

const app = shared(() =>
  runApp(
    {
      host: hostJson({ customHeaders: { "X-Host": "1" } }),
      main: `
        app.http("echo", {
          methods: ["GET", "POST", "PUT"],
          route: "echo/{first?}/{*rest}",
          handler: async (request) => ({
            jsonBody: {
              url: request.url,
              method: request.method,
              query: [...request.query].map((pair) => pair.join("=")),
              params: request.params,
              headers: Object.fromEntries(request.headers),
              body: Buffer.from(await request.arrayBuffer()).toString("base64"),
            },
          }),
        });`,
    },
    { env: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: "1000" } },
  ),
);

async function echo(path: string, options?: SendOptions) {
  const { status, body } = await send(app.host, path, options);
  expect(status).toBe(200);
  return JSON.parse(body);
}

describe("the URL", () => {
  it("has the host of the request", async () => {
    const headers = { host: "example.test:8080" };
    const { url } = await echo("/api/echo?a=b%20c", { headers });
    expect(url).toBe("http://example.test:8080/api/echo?a=b%20c");
  });

  it("believes what a front end would say, so nobody may rely on it", async () => {
    const headers = { "x-forwarded-proto": "https", "disguised-host": "evil.test" };
    expect((await echo("/api/echo", { headers })).url).toBe("https://evil.test/api/echo");
  });

  it("ignores a scheme that is not https", async () => {
    const headers = { "x-forwarded-proto": "https, http" };
    expect((await echo("/api/echo", { headers })).url).toMatch(/^http:/);
  });

  test.each([
    ["/api/%65cho/x", "/api/echo/x"],
    ["/api/echo/./a/../b", "/api/echo/b"],
    ["/api/echo/a/%2e%2e/b", "/api/echo/b"],
    ["/api/echo/a%2Fb", "/api/echo/a%2Fb"],
    ["/api/echo/a%20%C3%A9%3F", "/api/echo/a%20%C3%A9%3F"],
    ["/api/echo/%FF%zz", "/api/echo/%FF%25zz"],
  ])("%s becomes %s", async (path, expected) => {
    expect(new URL((await echo(path)).url).pathname).toBe(expected);
  });
});

describe("route parameters", () => {
  test.each([
    ["/api/echo", {}],
    ["/api/echo/a%20%C3%A9", { first: "a é" }],
    ["/api/echo/a%2Fb%2fc", { first: "a%2Fb%2fc" }],
    ["/api/echo/%2541", { first: "%41" }],
    ["/api/echo/%FF", { first: "%FF" }],
    ["/api/echo/a/b%3F/c%2F", { first: "a", rest: "b?/c%2F" }],
    ["/api/echo/x/../y", { first: "y" }],
  ])("%s", async (path, params) => {
    expect((await echo(path)).params).toEqual(params);
  });
});

describe("the query", () => {
  test.each([
    ["?a=1&a=2", ["a=1,2"]],
    ["?Name=1&name=2&NAME=3", ["Name=1,2,3"]],
    ["?a=&a=2", ["a=2"]],
    ["?a&b=", ["a=", "b="]],
    ["?a=b=c&&d=%26", ["a=b=c", "d=&"]],
    ["?a=b+c%2B%FF", ["a=b c+%FF"]],
    ["", []],
  ])("%s", async (search, expected) => {
    expect((await echo(`/api/echo${search}`)).query).toEqual(expected);
  });
});

describe("headers", () => {
  it("have lower-case names, and lines joined by commas without what is empty", async () => {
    const sent = { "X-A": ["1", "", "2"], "X-B": "x", Cookie: ["a=1", "b=2"], "X-E": "" };
    const { headers } = await echo("/api/echo", { headers: sent });
    expect(headers).toMatchObject({ "x-a": "1,2", "x-b": "x", cookie: "a=1,b=2", "x-e": "" });
  });

  it("are read as UTF-8, which the worker cannot pass on", async () => {
    const headers = { "x-a": Buffer.from("→").toString("latin1") };
    expect((await send(app.host, "/api/echo", { headers })).status).toBe(500);
  });

  it("must be valid UTF-8", async () => {
    const { status } = await send(app.host, "/api/echo", { headers: { "x-a": "\xff" } });
    expect(status).toBe(400);
  });
});

describe("the body", () => {
  it("arrives as the bytes that were sent", async () => {
    const bytes = Buffer.from([0, 255, 128, 10]);
    const { body } = await echo("/api/echo", { method: "POST", body: bytes });
    expect(Buffer.from(body, "base64")).toEqual(bytes);
  });

  it("arrives empty without a Content-Length", async () => {
    const options = { method: "POST", body: "a=1", chunked: true };
    expect(await echo("/api/echo", options)).toMatchObject({ method: "POST", body: "" });
  });

  it("is dropped from a GET", async () => {
    expect((await echo("/api/echo", { body: "x" })).body).toBe("");
    const warning = "Discarding the body of the incoming GET request";
    await eventually(() => app.lines.some(({ message }) => message.includes(warning)));
  });

  it("may be as long as the limit and no longer, which the host answers with 500", async () => {
    const options = { method: "PUT", body: "x".repeat(1000) };
    expect((await echo("/api/echo", options)).body).toHaveLength(1336);
    const tooLong = await send(app.host, "/api/echo", { ...options, body: "x".repeat(1001) });
    expect(tooLong).toMatchObject({ status: 500, body: "" });
  });
});

describe("what the web server itself refuses", () => {
  it("answers 400 to a target or host that is none", async () => {
    const refusal = await send(app.host, "*");
    expect(refusal.status).toBe(400);
    expect(refusal.headers).not.toHaveProperty("x-host");
    expect((await send(app.host, "http://localhost/api/echo")).status).toBe(400);
    expect((await send(app.host, "/api/echo/%00")).status).toBe(400);
    const headers = { host: "a b" };
    expect((await send(app.host, "/api/echo", { headers })).status).toBe(400);
  });

  it("answers 431 to more than 100 lines of headers", async () => {
    // Besides Host and Connection.
    const lines = (count: number) => ({ headers: { "x-a": Array<string>(count - 2).fill("1") } });
    expect((await send(app.host, "/api/echo", lines(100))).status).toBe(200);
    const refusal = await send(app.host, "/api/echo", lines(101));
    expect(refusal).toMatchObject({ status: 431, body: "" });
    expect(refusal.headers).not.toHaveProperty("x-host");
  });

  it("answers 414 to a request line over 8192 bytes", async () => {
    const frame = "GET /api/echo? HTTP/1.1\r\n".length;
    expect((await send(app.host, `/api/echo?${"a".repeat(8192 - frame)}`)).status).toBe(200);
    expect((await send(app.host, `/api/echo?${"a".repeat(8193 - frame)}`)).status).toBe(414);
  });
});
