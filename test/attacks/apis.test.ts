import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { FunctionsHost } from "../../local/host/host.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing, tokenRequests } from "../support/attack.ts";
import { startLoopback } from "../support/loopback.ts";
import { buildOwnApp } from "../support/ownApp.ts";
import { type RawRequest, sendRaw } from "../support/raw.ts";
import { startWatchedRig } from "../support/secrets.ts";
import { shared } from "../support/shared.ts";
import { ADELE, ALEX, sessionCookieOf, sessionOf, signedInBrowser } from "../support/user.ts";

const MAIL = "/graph/me/sendMail";

/** Who is called, by which route, and the app settings of the instance that does. */
const KINDS: [string, string, Record<string, string>][] = [
  ["Microsoft Graph", "graph", {}],
  ["an API that the app declares", "orders", {}],
  ["the same, over HTTP streams", "orders", { HTTP_STREAM: "yes" }],
];

const own = shared(buildOwnApp);
const rig = shared(() => startWatchedRig({ root: own.path, env: { ORDERS_ID: "api://orders" } }));
/** Stands for the API, and answers what it is told. */
const upstream = shared(startLoopback);
let browser: Browser;
let cookie: string;
beforeAll(async () => {
  browser = await signedInBrowser(rig);
  cookie = sessionCookieOf(rig, browser);
});
beforeEach(() => {
  upstream.requests.length = 0;
  upstream.respond = () => ({ body: { displayName: "Adele Vance" } });
});

const sent = () => upstream.requests.map(({ method, url }) => `${method} ${url}`);
const FROM_HERE = { "sec-fetch-site": "same-origin", "content-type": "application/json" };

describe.each(KINDS)("%s", (_kind, route, settings) => {
  /** An instance that calls it. */
  let app: FunctionsHost;
  beforeAll(async () => {
    const addresses = { GRAPH_BASE_URL: `${upstream.url}/v1.0`, ORDERS_BASE_URL: upstream.url };
    app = await rig.startHost({ env: { ...addresses, ...settings } });
  });
  afterAll(() => app?.stop());

  const call = (path: string, more: Partial<RawRequest> = {}) =>
    sendRaw(app, {
      path: path.replace(/^\/graph/, `/${route}`),
      ...more,
      headers: { cookie, ...more.headers },
    });

  describe("a path that", () => {
    // One of each kind: the others are in test/apis/permissions.test.ts.
    it.each([
      "/graph/users",
      "/graph/me/../users",
      "/graph/me/%252e%252e/users",
      "/graph/me/..%5cusers",
      "/graph/me/messages/a%0d%0aX-Evil:1",
      "/graph//me",
      "/graph/https://graph.microsoft.com/v1.0/me",
      "/graph//evil.example/me",
      "/graph/me@evil.example",
    ])("%s leads to a call that is not on the list leads to none", async (path) => {
      const answer = await call(path);
      expect([400, 403, 404]).toContain(answer.status);
      expect(sent()).toEqual([]);
    });

    it("asks another host for itself is not taken at its word", async () => {
      await call("/graph/me", { headers: { host: "evil.example", "x-forwarded-host": "evil" } });
      await call("/graph/me?$select=https://evil.example");
      expect(upstream.requests.map(({ headers }) => headers.host)).toEqual(
        Array(2).fill(new URL(upstream.url).host),
      );
      expect((await call("/graph/me?host=evil.example")).status).toBe(403);
    });

    it("overrides its method is called with the one it came with", async () => {
      const headers = { "x-http-method-override": "DELETE", "x-http-method": "PATCH" };
      await call("/graph/me", { headers });
      expect(sent()).toEqual(["GET /v1.0/me"]);
      expect((await call("/graph/me?_method=DELETE", { headers })).status).toBe(403);
    });
  });

  describe("headers", () => {
    it("that are not ASCII are left out, and cost nobody an error", async () => {
      const utf8 = (text: string) => Buffer.from(text).toString("latin1");
      const answer = await call("/graph/me", { headers: { prefer: utf8("\u00e4\u00f6") } });
      expect(answer.status).toBe(200);
      expect(upstream.requests[0]?.headers).not.toHaveProperty("prefer");
    });

    it("of its own come back from a list: no cookie, no policy, no way to anywhere", async () => {
      upstream.respond = () => ({
        body: { value: 1 },
        headers: {
          "set-cookie": ["__Host-lightsout=evil; Path=/; Secure", "evil=1"],
          "access-control-allow-origin": "https://evil.example",
          "content-security-policy": "default-src evil.example",
          "cache-control": "public, max-age=9999",
          "x-frame-options": "ALLOWALL",
          etag: '"e-1"',
        },
      });
      const { headers, status } = await call("/graph/me");
      expect(status).toBe(200);
      expect(JSON.stringify(headers)).not.toContain("evil");
      expect(headers).toMatchObject({
        etag: '"e-1"',
        "cache-control": "no-store",
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
      });
      expect(headers).not.toHaveProperty("set-cookie");
    });
  });

  describe("what it answers", () => {
    it.each([401, 418, 429, 503])("with %d and no challenge signs nobody out", async (status) => {
      upstream.respond = () => ({ status, headers: { "retry-after": "7" } });
      const answer = await call("/graph/me");
      expect(answer.status).toBe(status);
      expect(answer.headers["retry-after"]).toBe(status === 401 ? undefined : "7");
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
    });

    it("without an end is a 502, and is not read to it", async () => {
      // What may have links is held, as all is without streams.
      const headers = { "content-type": "application/json" };
      upstream.respond = () => ({ body: Buffer.alloc(40 * 1024 * 1024), headers });
      expect((await call("/graph/me")).status).toBe(502);
      upstream.respond = () => ({ body: Buffer.alloc(8 * 1024 * 1024) });
      expect((await call("/graph/me")).body).toHaveLength(8 * 1024 * 1024);
    });

    it("as a page with a script in it runs nothing here", async () => {
      upstream.respond = () => ({
        body: "<script>alert(1)</script>",
        headers: { "content-type": "text/html" },
      });
      const policy = String((await call("/graph/me")).headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("sandbox");
      expect(policy).toContain("frame-ancestors 'none'");
      const headers = { "cross-origin-resource-policy": "same-origin" };
      expect((await call("/graph/me")).headers).toMatchObject(headers);
    });

    it("with a link to its next page: only one of its own becomes one of ours", async () => {
      const linkFor = async (link: string): Promise<string> => {
        upstream.respond = () => ({ body: { value: [], "@odata.nextLink": link } });
        return JSON.parse((await call("/graph/me/messages")).body)["@odata.nextLink"];
      };
      const evil = "https://evil.example/v1.0/me/messages";
      expect(await linkFor(evil)).toBe(evil);
      const own = await linkFor(`${upstream.url}/v1.0/me/mailFolders('a')/messages/?$skip=10`);
      expect(own.startsWith(`${rig.url}/${route}/me/mailFolders('a')/messages/?`)).toBe(true);
      upstream.requests.length = 0;
      expect((await call(own.slice(rig.url.length))).status).toBe(200);
      expect(sent()).toEqual(["GET /v1.0/me/mailFolders('a')/messages/?$skip=10"]);
      expect((await call(own.slice(rig.url.length).replace("skip=10", "skip=11"))).status).toBe(
        403,
      );
      const other = await signedInBrowser(rig, ALEX);
      const theirs = { cookie: sessionCookieOf(rig, other) };
      const answer = await call(own.slice(rig.url.length), { headers: theirs });
      expect(answer.status).toBe(403);
      expect(sent()).toHaveLength(1);
    });
  });

  describe("a write", () => {
    it("of another site is refused before anything is read", async () => {
      const before = tokenRequests(rig);
      const headers = { "content-type": "text/plain", origin: "https://evil.example" };
      const answer = await call(MAIL, { method: "POST", headers, body: "{}" });
      expect(answer.status).toBe(403);
      expect(sent()).toEqual([]);
      expect(tokenRequests(rig)).toBe(before);
    });

    it("without a length arrives whole, or is refused: the host empties it without streams", async () => {
      const sentChunked = { method: "POST", headers: FROM_HERE, body: "{}", chunked: true };
      const { status } = await call(MAIL, sentChunked);
      const bodies = upstream.requests.map(({ body }) => body.toString());
      expect([status, bodies]).toEqual("HTTP_STREAM" in settings ? [200, ["{}"]] : [400, []]);
    });

    it("is sent once, not again when it fails", async () => {
      upstream.respond = () => ({ status: 503 });
      await call(MAIL, { method: "POST", headers: FROM_HERE, body: "{}" });
      expect(sent()).toEqual(["POST /v1.0/me/sendMail"]);
    });
  });
});

it("a thousand requests of four people, all at once, never show one the data of another", async () => {
  const people: [string, string][] = [
    [ADELE, "Adele Vance"],
    [ALEX, "Alex Wilber"],
    ["meganb@contoso.com", "Megan Bowen"],
    ["jordan@fabrikam.com", "Jordan Miller"],
  ];
  const instances = [rig.host, await rig.startHost()];
  const cookies = await Promise.all(
    people.map(async ([username]) => sessionCookieOf(rig, await signedInBrowser(rig, username))),
  );
  const wrong: string[] = [];
  let done = 0;
  const next = async () => {
    while (done < 1_000) {
      const turn = done++;
      const who = turn % people.length;
      const [username = "", name = ""] = people[who] ?? [];
      const { url } = instances[(turn >> 2) % 2] ?? rig.host;
      const headers = { cookie: cookies[who] ?? "" };
      if (turn % 5 === 0) {
        const answer = await fetch(`${url}/auth/session`, { headers });
        const { account } = (await answer.json()) as { account?: { username: string } };
        if (account?.username !== username) wrong.push(`session ${turn}`);
      } else {
        const answer = await fetch(`${url}/graph/me`, { headers });
        const { displayName } = (await answer.json()) as { displayName?: string };
        if (displayName !== name) wrong.push(`graph ${turn}`);
      }
    }
  };
  await Promise.all(Array.from({ length: 40 }, next));
  expect(wrong).toEqual([]);
  await instances[1]?.stop();
}, 90_000);

itLeaksNothing(() => rig);
