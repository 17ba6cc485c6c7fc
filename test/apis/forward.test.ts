import { beforeEach, describe, expect, it } from "@jest/globals";
import { graphCalls } from "../support/graphCalls.ts";

const MAIL = "/graph/me/sendMail";

const calls = graphCalls();
const { forward, sent } = calls;
beforeEach(() => {
  calls.graph.respond = () => ({ body: { displayName: "Adele" } });
});

describe("a call that is passed on", () => {
  it("goes out with the user's token for exactly its scopes", async () => {
    const { status, body } = await forward("/graph/me");
    expect(status).toBe(200);
    expect(JSON.parse(Buffer.from(body as Uint8Array).toString())).toEqual({
      displayName: "Adele",
    });
    expect(calls.session.asked).toEqual([[["User.Read"], undefined]]);
    expect(calls.graph.requests[0]?.headers.authorization).toBe("Bearer token-1");
  });

  it.each([
    ["/graph/me?$select=id&$select=mail", "GET /v1.0/me?%24select=id&%24select=mail"],
    [
      "/graph/me/messages/a%3Db?select=%26x%3D1%23",
      "GET /v1.0/me/messages/a%3Db?select=%26x%3D1%23",
    ],
    ["/graph/me/photo/$value", "GET /v1.0/me/photo/$value"],
  ])("goes to its own address: %s", async (path, expected) => {
    await forward(path);
    expect(sent()).toEqual([expected]);
  });

  it("carries its body as it is", async () => {
    const body = Buffer.from([0, 255, 1, 254]);
    await forward(MAIL, { method: "POST", body, headers: { "content-type": "application/json" } });
    expect(calls.graph.requests[0]).toMatchObject({ method: "POST", body });
  });

  it("carries the headers on the list, and no others", async () => {
    const listed = {
      accept: "application/json",
      "accept-language": "de",
      consistencylevel: "eventual",
      "content-type": "application/json",
      "if-match": '"1"',
      "if-none-match": '"2"',
      prefer: "x",
    };
    const others = {
      authorization: "Bearer mine",
      cookie: "__Host-lightsout=x",
      host: "evil.example",
      origin: "https://evil.example",
      referer: "https://app.example.com/secret",
      "x-forwarded-for": "1.2.3.4",
      "x-http-method-override": "DELETE",
      "x-ms-client-principal": "e30=",
      "x-functions-key": "key",
      "accept-encoding": "zstd",
    };
    await forward("/graph/me", { headers: { ...listed, ...others } });
    const { headers = {} } = calls.graph.requests[0] ?? {};
    expect(headers).toMatchObject({ ...listed, authorization: "Bearer token-1" });
    expect(headers.host).toBe(new URL(calls.graph.url).host);
    expect(headers["accept-encoding"]).toBe("identity");
    const own = ["accept-encoding", "authorization", "connection", "host", "user-agent"];
    expect(Object.keys(headers).sort()).toEqual([...Object.keys(listed), ...own].sort());
  });
});

describe("an answer that is passed on", () => {
  it("carries the headers on the list, and no others", async () => {
    const listed = {
      "content-type": "application/json",
      etag: '"1"',
      "preference-applied": "x",
      "request-id": "r",
      "retry-after": "5",
    };
    const others = {
      "set-cookie": ["a=1", "__Host-lightsout=x"],
      location: "https://evil.example",
      "access-control-allow-origin": "*",
      "content-security-policy": "x",
      "cache-control": "public",
      server: "x",
      "www-authenticate": "Basic",
      refresh: "0;url=https://evil.example",
    };
    calls.graph.respond = () => ({ headers: { ...listed, ...others }, body: "{}" });
    const { headers, cookies } = await forward("/graph/me");
    expect(headers).toEqual(listed);
    expect(cookies).toBeUndefined();
  });

  it("loses the headers that the host cannot write", async () => {
    calls.graph.respond = () => ({ headers: { etag: "\u00fc", "request-id": "r" }, body: "{}" });
    const { headers } = await forward("/graph/me");
    expect(headers).toEqual({ "request-id": "r" });
  });

  it.each([200, 201, 202, 204, 304, 400, 403, 404, 409, 412, 429])(
    "may be a %d",
    async (status) => {
      calls.graph.respond = () => ({ status, headers: { "retry-after": "7" } });
      const answer = await forward("/graph/me");
      expect(answer).toMatchObject({ status, headers: { "retry-after": "7" } });
    },
  );

  it("leads to where a list goes on, and that can be followed", async () => {
    const link = `${calls.graph.url}/v1.0/me/messages/a/attachments?$skip=1&$expand=item`;
    calls.graph.respond = () => ({ body: { "attachments@odata.nextLink": link } });
    const { body } = await forward("/graph/me/messages");
    const [own] = Object.values(JSON.parse(Buffer.from(body as Uint8Array).toString())) as [string];
    const { pathname, search } = new URL(own);
    calls.session.asked.length = 0;
    await forward(pathname + search);
    expect(calls.session.asked).toEqual([[["Mail.Read"], undefined]]);
    expect(sent()[1]).toBe(`GET ${link.slice(calls.graph.url.length)}`);
    const post = forward(pathname + search, { method: "POST" });
    await expect(post).rejects.toMatchObject({ code: "ERR_NOT_PERMITTED" });
  });

  it.each([
    ["in another encoding", { "content-encoding": "gzip", "content-type": "application/json" }],
    ["that is no JSON", { "content-type": "text/html" }],
  ])("is not touched %s", async (_, headers) => {
    const body = Buffer.from(JSON.stringify({ "@odata.nextLink": `${calls.graph.url}/v1.0/me` }));
    calls.graph.respond = () => ({ headers, body });
    expect(await forward("/graph/me")).toEqual({ status: 200, headers, body });
  });
});

describe("a download", () => {
  const scopes = ["Files.Read"];
  const rows = [
    { method: "GET", path: "me/drive/items/{id}/content", scopes, download: true },
    { method: "GET", path: "me", scopes },
  ] as const;
  const download = (path: string) => forward(path, {}, { rows });
  const answerWith = (location?: string) => {
    calls.graph.respond = () => ({
      status: 302,
      headers: location === undefined ? {} : { location },
    });
  };

  it("has an address that goes to the browser, and is not asked for the file here", async () => {
    const address = "https://contoso.sharepoint.example/file?tempauth=x";
    answerWith(address);
    const answer = await download("/graph/me/drive/items/1/content");
    expect(answer).toEqual({ status: 302, headers: { Location: address } });
    expect(sent()).toEqual(["GET /v1.0/me/drive/items/1/content"]);
  });

  it.each([undefined, "/relative", "http://files.example/", "javascript:alert(1)", "data:,x"])(
    "has no address such as %s",
    async (location) => {
      answerWith(location);
      const answer = download("/graph/me/drive/items/1/content");
      await expect(answer).rejects.toMatchObject({ code: "ERR_API_UNAVAILABLE" });
    },
  );

  it("is what a row allows: no other redirect goes anywhere", async () => {
    answerWith("https://contoso.sharepoint.example/file");
    await expect(download("/graph/me")).rejects.toMatchObject({ code: "ERR_API_UNAVAILABLE" });
  });
});

// Of one kind: the others are in test/apis/permissions.test.ts.
it("a call that is not offered gets no token and goes nowhere", async () => {
  await expect(forward("/graph/users")).rejects.toMatchObject({ code: "ERR_NOT_PERMITTED" });
  expect(calls.session.asked).toEqual([]);
  expect(calls.graph.requests).toEqual([]);
});

it("a body may have 4 MB and no more", async () => {
  const size = 4 * 1024 * 1024;
  await forward(MAIL, { method: "POST", body: Buffer.alloc(size) });
  const larger = forward(MAIL, { method: "POST", body: Buffer.alloc(size + 1) });
  await expect(larger).rejects.toMatchObject({ code: "ERR_REQUEST_TOO_LARGE" });
  expect(calls.graph.requests.map(({ body }) => body.length)).toEqual([size]);
});
