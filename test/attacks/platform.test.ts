import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser } from "../../local/tenant/browserless.ts";
import { SCRIPT, SCRIPT_HASH } from "../../src/shared/web/pages/script.ts";
import { STYLE } from "../../src/shared/web/pages/style.ts";
import { itLeaksNothing, keyringOf } from "../support/attack.ts";
import { sendRaw } from "../support/raw.ts";
import { watchedRig } from "../support/secrets.ts";
import {
  ALEX,
  homeAccountIdOf,
  sessionCookieOf,
  sessionOf,
  sidOf,
  signedInBrowser,
  ticketOf,
} from "../support/user.ts";

const rig = watchedRig();
let browser: Browser;
let cookie: string;
beforeAll(async () => {
  browser = await signedInBrowser(rig);
  cookie = sessionCookieOf(rig, browser);
});

const PAGES = ["/", "/auth/signout", "/auth/sessions"];
const API = ["/auth/session", "/graph/me", "/graph/users", "/health"];
const get = (path: string, headers: Record<string, string | string[]> = {}) =>
  sendRaw(rig, { path, headers: { cookie, ...headers } });

describe("an identity that a header claims", () => {
  const principal = Buffer.from(
    JSON.stringify({
      auth_typ: "aad",
      userId: "evil",
      userDetails: "evil@evil.example",
      identityProvider: "aad",
      userRoles: ["admin"],
      claims: [{ typ: "oid", val: "4782e723-f4f4-4af3-a76e-25e3bab0d896" }],
    }),
  ).toString("base64");

  it.each<[string, Record<string, string>]>([
    ["X-MS-CLIENT-PRINCIPAL", { "x-ms-client-principal": principal }],
    [
      "what else App Service and proxies say of a user",
      {
        "x-ms-client-principal-name": ALEX,
        "x-ms-client-principal-id": "evil",
        "x-ms-client-principal-idp": "aad",
        "x-ms-token-aad-access-token": "evil",
        "x-ms-token-aad-id-token": "evil",
        "x-zumo-auth": "evil",
        "x-arr-clientcert": "evil",
        "x-forwarded-user": ALEX,
        "remote-user": ALEX,
      },
    ],
    ["a bearer token of Graph's", { authorization: "=" }],
    ["basic credentials", { authorization: "Basic ZXZpbDpldmls" }],
  ])("in %s is nobody's, and changes nobody's", async (_, given) => {
    const token = rig.tenant.issued.find((text) => text.startsWith("eyJ")) ?? "";
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace(/^=$/, `Bearer ${token}`)]),
    );
    const nobody = await sendRaw(rig, { path: "/auth/session", headers });
    expect(JSON.parse(nobody.body)).toEqual({
      signedIn: false,
      signInUrl: `${rig.url}/auth/signin`,
    });
    expect((await sendRaw(rig, { path: "/graph/me", headers })).status).toBe(401);
    const account = `/accounts/${homeAccountIdOf(rig, ALEX)}`;
    expect((await sendRaw(rig, { path: account, headers })).status).toBe(401);
    const { body } = await get("/auth/session", headers);
    expect(JSON.parse(body)).toMatchObject({ account: { name: "Adele Vance" } });
  });
});

describe("the operator's route", () => {
  const path = () => `/accounts/${homeAccountIdOf(rig)}`;
  const key = () => ({ "x-functions-key": rig.host.keys.default });

  it.each<[string, () => Record<string, string>]>([
    ["no key", () => ({})],
    ["a key's beginning", () => ({ "x-functions-key": rig.host.keys.default.slice(0, -1) })],
    ["a session", () => ({ cookie, "sec-fetch-site": "same-origin" })],
  ])("with %s neither shows nor signs out", async (_, headers) => {
    for (const method of ["GET", "DELETE"]) {
      const answer = await sendRaw(rig, { path: path(), method, headers: headers() });
      expect([answer.status, answer.body]).toEqual([401, ""]);
    }
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  });

  it.each(["adelev@contoso.com", "%2e%2e", "a',RowKey='head", "__proto__", "<script>"])(
    "refuses what is no account id, and repeats nothing of it: %s",
    async (id) => {
      const answer = await sendRaw(rig, { path: `/accounts/${encodeURI(id)}`, headers: key() });
      expect([400, 404]).toContain(answer.status);
      expect(answer.body).not.toContain(id);
    },
  );

  it("says numbers and times, and no secret: the key opens no session", async () => {
    const answer = await sendRaw(rig, { path: path(), headers: key() });
    expect(Object.keys(JSON.parse(answer.body)).sort()).toEqual(
      expect.arrayContaining(["held", "homeAccountId", "sealedBytes", "sessions"]),
    );
    expect(answer.body).not.toMatch(/Adele|adelev|eyJ/);
    expect((await sendRaw(rig, { path: "/graph/me", headers: key() })).status).toBe(401);
  });
});

describe("what is logged", () => {
  const INJECTION = 'x%0d%0a{"event":"signin.done"}%1b%5b2J';

  it("has no line, escape or value of a request's own", async () => {
    const before = rig.logs.length;
    const evil = decodeURIComponent(INJECTION);
    await get(`/auth/signin?returnTo=${INJECTION}&loginHint=${INJECTION}&prompt=${INJECTION}`);
    await get(`/auth/logout-callback?sid=${INJECTION}&iss=${INJECTION}`);
    await get(`/graph/${INJECTION}`);
    await get("/auth/sessions", { "user-agent": "x\t{}", cookie: "__Host-lightsout=x\ty" });
    const post = (path: string, fields: Record<string, string>) =>
      fetch(rig.url + path, { method: "POST", body: new URLSearchParams(fields) });
    await post("/auth/callback", { state: evil, error: evil, code: evil });
    await post("/auth/backchannel-logout", { logout_token: evil });
    const lines = rig.logs.slice(before).map(({ message }) => message);
    expect(lines.length).toBeGreaterThan(6);
    for (const line of lines) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(line).not.toMatch(/[\u0000-\u001f\u007f]|signin\.done/);
    }
  });

  it("of the app is JSON with an event's name, one line each", async () => {
    await browser.fetch(`${rig.url}/graph/me/messages`);
    const own = rig.logs.filter(({ category, message }) => category === "user" && message);
    expect(own.length).toBeGreaterThan(1);
    for (const { message } of own) {
      expect(JSON.parse(message)).toMatchObject({ event: expect.stringMatching(/^[\w.]+$/) });
    }
  });
});

describe("every page", () => {
  it.each([...PAGES, "/auth/callback"])("%s runs nothing and is framed by nobody", async (path) => {
    const answer =
      path === "/auth/callback"
        ? await sendRaw(rig, {
            path,
            method: "POST",
            headers: { "content-type": "application/x-www-form-urlencoded" },
            body: "state=x",
          })
        : await get(path);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    const policy = new Map(
      String(answer.headers["content-security-policy"])
        .split("; ")
        .map((directive) => [directive.split(" ")[0], directive.split(" ").slice(1)]),
    );
    expect(policy.get("default-src")).toEqual(["'none'"]);
    expect(policy.get("style-src")).toEqual([expect.stringMatching(/^'sha256-[\w+/]{43}='$/)]);
    expect(policy.get("frame-ancestors")).toEqual(["'none'"]);
    expect(policy.get("base-uri")).toEqual(["'none'"]);
    // One script, the same in every page that is served signed in, and it asks this origin alone.
    const scripts = PAGES.includes(path) ? [[`'${SCRIPT_HASH}'`], ["'self'"]] : [];
    expect(["script-src", "connect-src"].flatMap((name) => policy.get(name) ?? [])).toEqual(
      scripts.flat(),
    );
    // Pictures run nothing; the icon is in the page.
    expect(policy.get("img-src")).toEqual(["'self'", "data:"]);
    policy.delete("img-src");
    expect([...policy.values()].flat().join()).not.toMatch(/unsafe|\*(?!\.localhost)|data:/);
    expect(answer.headers).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "x-frame-options": "DENY",
    });
    // What the policy would block is not there in the first place.
    expect(answer.body.replace(`<script>${SCRIPT}</script>`, "")).not.toMatch(
      /<script|javascript:|\son\w+=|\sstyle=/i,
    );
    expect(answer.body.replace(STYLE, "").replace(SCRIPT, "")).not.toMatch(/url\(|@import/);
  });

  it.each([...PAGES, ...API, "/auth/logout-callback", "/auth/signin", "/graph/me"])(
    "and every answer, as of %s, is private and for https alone",
    async (path) => {
      const { headers } = await get(path);
      expect(headers).toMatchObject({
        "strict-transport-security": expect.stringMatching(/^max-age=\d{8}/),
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        // On a page with a form it would make an origin of `null`.
        "referrer-policy": PAGES.includes(path) ? "same-origin" : "no-referrer",
      });
      for (const name of ["server", "x-powered-by", "access-control-allow-origin", "etag"]) {
        expect(headers).not.toHaveProperty(name);
      }
    },
  );

  it.each([...API, "/auth/signout", "/graph/me/sendMail"])(
    "%s shares nothing with other origins",
    async (path) => {
      const headers = {
        origin: "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
      };
      const preflight = await sendRaw(rig, { method: "OPTIONS", path, headers });
      expect(preflight.status).toBe(404);
      const answer = await get(path, { origin: "https://evil.example" });
      for (const name of Object.keys({ ...preflight.headers, ...answer.headers })) {
        expect(name).not.toMatch(/^access-control/);
      }
    },
  );
});

it("the search for secrets finds one wherever it is", async () => {
  const token = rig.tenant.issued.find((text) => text.startsWith("eyJ")) ?? "";
  const said: [string, string][] = [
    [token, "a code or token in the log"],
    [token, "a JWT in the log"],
    [sidOf(rig, browser), "a sid in the log"],
    [cookie.slice("__Host-lightsout=".length), "a cookie in the log"],
    [ticketOf(rig, browser, keyringOf(rig)).share, "a session's share in the log"],
    [rig.host.keys.default, "a host key in the log"],
    [encodeURIComponent(rig.env.TOKEN_CACHE_KEYS?.split(":")[1] ?? ""), "a sealing key in the log"],
    ["Adele Vance", "a name in the log"],
  ];
  for (const [message, kind] of said) {
    const planted = {
      level: "information",
      category: "user",
      message: `x ${message} y`,
    } as const;
    rig.logs.push(planted);
    expect(await rig.leaks()).toContain(kind);
    // Lines of the app itself may have come after it.
    rig.logs.splice(rig.logs.indexOf(planted), 1);
  }
});

itLeaksNothing(() => rig);
