import { beforeAll, describe, expect, it } from "@jest/globals";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { sendRaw } from "../support/raw.ts";
import { watchedRig } from "../support/secrets.ts";
import { ADELE, cookiesOf, sessionOf, signedInBrowser } from "../support/user.ts";

const rig = watchedRig();
let browser: Browser;
beforeAll(async () => {
  browser = await signedInBrowser(rig);
});

const start = (query: Record<string, string> | string = "", headers = {}) =>
  fetch(`${rig.url}/auth/signin?${new URLSearchParams(query)}`, { redirect: "manual", headers });

/** Signs in once more, without a click, and tells where that ends. */
async function landingOf(returnTo: string): Promise<string> {
  const query = new URLSearchParams({ returnTo });
  const form = await browser.signIn(`${rig.url}/auth/signin?${query}`, ADELE);
  const { status, headers } = await browser.submit(form, { follow: false });
  expect(status).toBe(303);
  return headers.location ?? "";
}

describe("returnTo", () => {
  // All the others: test/http/returnPath.test.ts.
  it.each(["https://evil.example", "/\\evil.example", "/\t/evil.example"])(
    "%j stays here",
    async (returnTo) => {
      const landing = await landingOf(returnTo);
      // What a browser makes of it, and that it is no address of a host when read on its own.
      expect(new URL(landing).origin).toBe(rig.url);
      expect(landing.slice(rig.url.length)).toMatch(/^\/(?![/\\])/);
      expect(new URL(landing.slice(rig.url.length), rig.url).href).toBe(landing);
    },
  );

  it("cannot add a header", async () => {
    const form = await browser.signIn(
      `${rig.url}/auth/signin?returnTo=/%0d%0aX-Evil:%201%0d%0aSet-Cookie:%20evil=1`,
      ADELE,
    );
    const { headers } = await browser.submit(form, { follow: false });
    expect(headers).not.toHaveProperty("x-evil");
    expect(headers["set-cookie"]?.join()).not.toContain("evil");
  });

  it("of 2,000 characters leads there, and a longer one to the home page", async () => {
    const path = `/?${"x&%C3%BC=".repeat(300)}`.slice(0, 2_000);
    expect(await landingOf(path)).toBe(rig.url + path);
    expect(await landingOf(`${path}x`)).toBe(`${rig.url}/`);
  });
});

describe("headers that claim another host", () => {
  const ALL = {
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    "x-forwarded-port": "1",
    "x-forwarded-prefix": "/evil",
    "x-original-host": "evil.example",
    "x-host": "evil.example",
    "disguised-host": "evil.example",
    "was-default-hostname": "evil.example",
    forwarded: "host=evil.example;proto=https",
    "x-original-url": "//evil.example",
    "x-rewrite-url": "//evil.example",
  };

  it.each(["localhost", "evil.example", "evil.example:443"])(
    "%s: no address is made of them",
    async (host) => {
      const sent = (path: string, method = "GET") =>
        sendRaw(rig, { path, method, headers: { ...ALL, host, origin: rig.url } });
      const authorize = new URL((await sent("/auth/signin")).headers.location ?? "");
      expect(authorize.searchParams.get("redirect_uri")).toBe(`${rig.url}/auth/callback`);
      expect(authorize.origin).toBe(rig.tenant.url);

      const signOut = new URL((await sent("/auth/signout", "POST")).headers.location ?? "");
      expect(signOut.searchParams.get("post_logout_redirect_uri")).toBe(
        `${rig.url}/auth/signed-out`,
      );

      const sessions = (await sent("/auth/sessions")).headers.location;
      expect(sessions).toBe(`${rig.url}/auth/signin?returnTo=%2Fauth%2Fsessions`);

      for (const path of ["/auth/session", "/graph/me", "/", "/auth/signout"]) {
        expect(JSON.stringify(await sent(path))).not.toContain("evil");
      }
    },
  );

  it("do not make a post of theirs one of this origin", async () => {
    for (const origin of ["http://evil.example", "https://evil.example"]) {
      const headers = { ...ALL, host: "evil.example", origin };
      expect((await sendRaw(rig, { path: "/auth/signout", method: "POST", headers })).status).toBe(
        403,
      );
    }
  });
});

describe("the authorization request", () => {
  /** MSAL tells Entra's front door in a parameter of its own which mailbox the login hint is of. */
  const HINTS = ["login_hint", "X-AnchorMailbox"];
  const FIXED = "client_id redirect_uri response_mode response_type code_challenge_method".split(
    " ",
  );
  const parametersOf = async (query: Record<string, string> | string = "") => {
    const answer = await start(query);
    expect(answer.status).toBe(302);
    return new URL(answer.headers.get("location") ?? "").searchParams;
  };

  it("takes no parameter from the address but the few that it knows", async () => {
    const usual = await parametersOf();
    const parameters = await parametersOf({
      loginHint: "x&redirect_uri=https://evil.example&response_mode=query#",
      client_id: "evil",
      redirect_uri: "https://evil.example",
      response_mode: "query",
      response_type: "id_token",
      state: "evil",
      nonce: "evil",
      code_challenge: "evil",
      code_challenge_method: "plain",
      request: "evil",
      request_uri: "https://evil.example",
    });
    const asked = new Set([...parameters.keys()]);
    for (const name of HINTS) asked.delete(name);
    expect(asked).toEqual(new Set(usual.keys()));
    for (const name of asked) expect(parameters.getAll(name)).toHaveLength(1);
    for (const name of FIXED) expect(parameters.get(name)).toBe(usual.get(name));
    for (const name of ["nonce", "code_challenge"]) {
      expect(parameters.get(name)).toMatch(/^[\w-]{43}$/);
    }
    expect(parameters.get("state")).toMatch(/^[\w-]+\.[\w-]+$/);
  });

  it("is a new one every time", async () => {
    const requests = await Promise.all(Array.from({ length: 10 }, () => parametersOf()));
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(new Set(requests.map((parameters) => parameters.get(name))).size).toBe(10);
    }
  });

  // One of each kind: the others are in test/http/signInOptions.test.ts.
  it.each([
    "prompt=evil",
    "prompt=none&prompt=login",
    "loginHint=a%0d%0ab",
    `scope=${"x".repeat(300)}`,
    "claims=%22evil%22",
    "returnTo=/a&returnTo=/b",
  ])("is not made of malformed parameters, and nothing of them repeated (%#)", async (query) => {
    const answer = await sendRaw(rig, `/auth/signin?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.headers).not.toHaveProperty("set-cookie");
    expect(answer.body).not.toContain("evil");
    expect(answer.body).not.toContain("xxxx");
  });
});

it("fifty sign-ins started at once leave no more cookies than a request can carry, and the next one tidies up", async () => {
  const flooded = createBrowser();
  const worst = { returnTo: `/${"a".repeat(1_999)}`, scope: "Mail.Read ".repeat(200) };
  const answers = await Promise.all(Array.from({ length: 50 }, () => start(worst)));
  for (const { headers } of answers) {
    for (const cookie of headers.getSetCookie()) flooded.cookies.set(new URL(rig.url), cookie);
  }
  expect(flooded.cookies.names(rig.url)).toHaveLength(50);
  // Kestrel takes 32 KB of headers, all of them together.
  expect(cookiesOf(rig, flooded).length).toBeLessThan(16_000);
  await signedInBrowser(rig, ADELE, flooded);
  expect(await sessionOf(rig, flooded)).toMatchObject({ signedIn: true });
  const signIns = flooded.cookies.names(rig.url).filter((name) => name.includes("-signin-"));
  expect(signIns).toHaveLength(15);
});

itLeaksNothing(() => rig);
