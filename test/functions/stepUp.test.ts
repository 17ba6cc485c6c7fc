import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "../../local/tenant/browserless.ts";
import { claimsChallenge } from "../support/graph.ts";
import { keepSwitches, shared } from "../support/shared.ts";
import { startTeamRig } from "../support/teamRig.ts";
import { ADELE, ALEX, asOperator, oidOf, signedInBrowser } from "../support/user.ts";

/*
 * What a route needs of its user's sign-in: it asks for exactly that, once, and comes back to the very address.
 */

const rig = shared(startTeamRig);
keepSwitches(() => rig.tenant);
let browser: Browser;
beforeEach(async () => {
  const app = rig.tenant.apps.get(rig.env.ENTRA_CLIENT_ID ?? "");
  if (app) app.consentedScopes = ["User.Read"];
  await asOperator(rig, "DELETE");
  browser = await signedInBrowser(rig);
  // Single sign-on alone would not know which account is meant.
  await browser.signIn(`${rig.url}/auth/signin?prompt=select_account`, ALEX);
});
afterEach(() => {
  rig.graph.faults.next.length = 0;
});

const signInOf = (path: string) => browser.fetch(`${rig.url}${path}`);
const open = (path: string) => browser.get(`${rig.url}${path}`, { follow: false });
const parametersOf = (address = "") => Object.fromEntries(new URL(address).searchParams);
/** Goes where the route leads, to the provider and back. */
async function signInAt(path: string): Promise<Page> {
  return browser.submit(await browser.signIn(rig.url + path, ADELE));
}
const longAgo = (minutes: number) => {
  rig.tenant.switches.idTokenOverrides = (claims) => ({
    claims: { ...claims, auth_time: Math.floor(Date.now() / 1_000) - minutes * 60 },
  });
};

const ACRS = (value: string) => JSON.stringify({ id_token: { acrs: { essential: true, value } } });
const NEEDS: [string, string, Record<string, string>, (() => unknown)?][] = [
  ["an authentication context", "/team/strong", { claims: ACRS("c1") }],
  [
    "a recent sign-in",
    "/team/recent",
    { maxAge: "60" },
    async () => {
      longAgo(2);
      await signInAt("/auth/signin");
      rig.tenant.switches.idTokenOverrides = undefined;
    },
  ],
  ["a consent", "/team/mail", { scope: "Mail.Read" }],
  ["a consent for Graph", "/graph/me/messages", { scope: "Mail.Read" }],
];

describe.each(NEEDS)("a route that needs %s", (_, path, asked, prepare) => {
  beforeEach(async () => {
    await prepare?.();
  });

  it("tells a script, and leads a person there and back", async () => {
    const { status, body } = await signInOf(path);
    expect([status, JSON.parse(body).type]).toEqual([
      401,
      "urn:lightsout:problem:interaction-required",
    ]);
    expect(parametersOf(JSON.parse(body).signInUrl)).toEqual(asked);

    const address = path.startsWith("/graph") ? path : `${path}?a=b`;
    const { status: redirected, location } = await open(address);
    expect(redirected).toBe(302);
    expect(parametersOf(location)).toEqual({ ...asked, returnTo: address });
    const landed = await signInAt(address);
    expect([landed.status, landed.url]).toEqual([200, `${rig.url}${address}`]);
    expect((await signInOf(path)).status).toBe(200);
  });

  it("goes out for who is signed in, and no address of ours says who that is", async () => {
    const { location = "" } = await open(path);
    expect(location).not.toContain("adele");
    for (const visit of [{}, { from: { url: `${rig.url}/`, noReferrer: true } }]) {
      const sent = await browser.get(location, { follow: false, ...visit });
      const hint = new URL(sent.location ?? "").searchParams.get("login_hint") ?? "";
      expect(Buffer.from(hint.slice(2), "base64url").toString()).toContain(ADELE);
    }
  });
});

describe("what a sign-in has been asked for in vain", () => {
  const inVain = async (path: string) => {
    const page = await open(path);
    expect([page.status, page.location]).toEqual([403, undefined]);
    expect(page.text).toContain("Signing in did not help");
    const { status, body } = await signInOf(path);
    expect([status, JSON.parse(body).type]).toEqual([
      403,
      "urn:lightsout:problem:interaction-in-vain",
    ]);
    expect(JSON.parse(body)).not.toHaveProperty("signInUrl");
  };

  it("is 403: an authentication context", async () => {
    rig.tenant.switches.omitAcrs = true;
    expect((await signInAt("/team/strong")).status).toBe(403);
    await inVain("/team/strong");
    // Another need is another matter; and coming from it, the first one is still remembered.
    expect((await open("/team/stronger")).status).toBe(302);
    expect((await signInAt("/team/stronger")).status).toBe(403);
    await inVain("/team/strong");
    expect((await signInOf("/team/plain")).status).toBe(200);
  });

  it("is 403: a claims challenge, whatever time it names", async () => {
    const refuse = (value: number) => {
      const claims = { access_token: { nbf: { essential: true, value: String(value) } } };
      const challenge = claimsChallenge(JSON.stringify(claims));
      rig.graph.faults.next.push(challenge, challenge);
    };
    refuse(1);
    expect((await open("/graph/me")).status).toBe(302);
    refuse(1);
    const form = await browser.signIn(`${rig.url}/graph/me`, ADELE);
    refuse(2);
    expect((await browser.submit(form)).status).toBe(403);
    refuse(3);
    expect((await signInOf("/graph/me")).status).toBe(403);
    expect((await signInOf("/graph/me")).status).toBe(200);
  });

  it("is 403: a grant that is dead at once, again and again", async () => {
    const revoke = () => rig.tenant.revoke(oidOf(rig));
    browser = await signedInBrowser(rig);
    revoke();
    const { location = "" } = await open("/team/mail");
    expect(parametersOf(location)).toEqual({ returnTo: "/team/mail" });
    await browser.submit(await browser.signIn(location, ADELE), { follow: false });
    revoke();
    expect((await open("/team/mail")).status).toBe(403);
    // Whoever is signed out otherwise is not held up.
    expect((await open("/team/plain")).status).toBe(302);
  });

  it("ends, however the need changes each time", async () => {
    let claims = 0;
    const statuses = [];
    for (let round = 0; round < 12; round++) {
      const challenge = claimsChallenge(
        JSON.stringify({ access_token: { a: { value: `${claims++}` } } }),
      );
      rig.graph.faults.next.push(challenge, challenge);
      const { status, location } = await open("/graph/me");
      statuses.push(status);
      if (location === undefined) break;
      await browser.submit(await browser.signIn(location, ADELE), { follow: false });
    }
    expect(statuses.slice(0, 3)).toEqual([302, 302, 302]);
    expect(statuses.at(-1)).toBe(403);
  });
});

describe("what somebody else says of a sign-in", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["in the address of the route", async () => undefined],
    [
      "in the answer beside the ID token",
      async () => {
        rig.tenant.switches.tokenAnswerOverrides = (answer) => ({ ...answer, acrs: ["c1"] });
        await signInAt("/auth/signin");
      },
    ],
    [
      "as a form field of the callback",
      async () => {
        const form = await browser.signIn(`${rig.url}/auth/signin`, ADELE);
        Object.assign(form.fields, { acrs: "c1", auth_time: String(Date.now()) });
        await browser.submit(form);
      },
    ],
    ["by a claims parameter that asks for it otherwise", () => signInAt(`/auth/signin?${OTHER}`)],
    ["in a cookie", async () => browser.cookies.set(new URL(rig.url), "acrs=c1; Path=/")],
    ["for another context", () => signInAt("/team/stronger")],
  ])("does not count: %s", async (_, forge) => {
    await forge();
    const answer = await signInOf("/team/strong?acrs=c1&auth_time=9999999999");
    expect(answer.status).toBe(401);
  });

  it("leads nowhere else: the way back is a path of this app", async () => {
    for (const path of ["//evil.example/x", "/\\evil.example", "/team/strong/..//evil.example"]) {
      const { location } = await open(`/team/strong?to=${path}`);
      expect(parametersOf(location).returnTo).toMatch(/^\/team\/strong\?to=/);
    }
    const page = await signInAt("/auth/signin?maxAge=60&returnTo=//evil.example/x");
    expect(page.url).toBe(`${rig.url}/`);
  });
});

const OTHER = new URLSearchParams({
  claims: JSON.stringify({ access_token: { acrs: { essential: true, value: "c1" } } }),
});
