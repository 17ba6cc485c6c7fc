import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing, tokenRequests } from "../support/attack.ts";
import { claimsChallenge } from "../support/graph.ts";
import { watchedRig } from "../support/secrets.ts";
import { ADELE, oidOf, sessionOf, signedInBrowser } from "../support/user.ts";

const CLAIMS = JSON.stringify({ access_token: { nbf: { essential: true, value: "1" } } });

const rig = watchedRig();
let browser: Browser;
const oid = () => oidOf(rig);
beforeEach(async () => {
  browser = await signedInBrowser(rig);
});
afterEach(() => {
  rig.graph.faults.next.length = 0;
  rig.tenant.switches.tokenFault = undefined;
});

const claimsOf = (endpoint: "authorize" | "token") =>
  JSON.parse(
    rig.tenant.requests.findLast((request) => request.endpoint === endpoint)?.params.claims ?? "{}",
  ).access_token;

/** Counts what one request to the app costs at Graph and at the token endpoint. */
async function cost(path: string, how: "get" | "fetch" = "fetch") {
  const before = { graph: rig.graph.calls.length, token: tokenRequests(rig) };
  const answer = await browser[how](rig.url + path, { follow: false });
  return {
    answer,
    graph: rig.graph.calls.length - before.graph,
    token: tokenRequests(rig) - before.token,
  };
}

const refuseTwice = () =>
  rig.graph.faults.next.push(claimsChallenge(CLAIMS), claimsChallenge(CLAIMS));

describe("the capability to answer challenges (CP1)", () => {
  it("is announced at sign-in and at every refresh", async () => {
    expect(claimsOf("authorize")).toMatchObject({ xms_cc: { values: ["CP1"] } });
    await browser.fetch(`${rig.url}/graph/me/messages`);
    expect(claimsOf("token")).toMatchObject({ xms_cc: { values: ["CP1"] } });
  });
});

describe("a challenge of Graph's (Continuous Access Evaluation)", () => {
  it("is answered with one new token, without the user", async () => {
    rig.graph.faults.claimsChallenge(oid());
    expect(await cost("/graph/me")).toMatchObject({ answer: { status: 200 }, graph: 2, token: 1 });
    expect(claimsOf("token")).toMatchObject({
      nbf: { essential: true },
      xms_cc: { values: ["CP1"] },
    });
    // The new token is kept, and the claims are not asked for again.
    expect(await cost("/graph/me")).toMatchObject({ answer: { status: 200 }, graph: 1, token: 0 });
  });

  it("that stands needs the user: 401, and the way there carries the claims", async () => {
    refuseTwice();
    const { answer, ...requests } = await cost("/graph/me");
    expect(requests).toEqual({ graph: 2, token: 1 });
    expect(answer.status).toBe(401);
    const { type, signInUrl } = JSON.parse(answer.body);
    expect(type).toBe("urn:lightsout:problem:interaction-required");
    expect(Object.fromEntries(new URL(signInUrl).searchParams)).toEqual({
      scope: "User.Read",
      claims: CLAIMS,
    });
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });

    const form = await browser.signIn(signInUrl, ADELE);
    expect(claimsOf("authorize")).toMatchObject({ nbf: { value: "1" } });
    await browser.submit(form);
    expect((await cost("/graph/me")).answer.status).toBe(200);
  });

  it("that the provider does not answer for a program keeps its claims", async () => {
    rig.graph.faults.next.push(claimsChallenge(CLAIMS));
    rig.tenant.switches.tokenFault = { status: 400, error: "interaction_required" };
    const { answer } = await cost("/graph/me");
    expect(answer.status).toBe(401);
    const { signInUrl } = JSON.parse(answer.body);
    expect(new URL(signInUrl).searchParams.get("claims")).toBe(CLAIMS);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  });

  it("while the provider does not answer at all is a 503, not a sign-out", async () => {
    rig.graph.faults.next.push(claimsChallenge(CLAIMS));
    rig.tenant.switches.tokenFault = { status: 503 };
    expect((await cost("/graph/me")).answer.status).toBe(503);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  });

  it("after which the grant turns out to be gone ends the session", async () => {
    rig.graph.faults.claimsChallenge(oid());
    rig.tenant.revoke(oid());
    const { answer } = await cost("/graph/me");
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body).type).toBe("urn:lightsout:problem:signed-out");
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
  });

  it.each([
    ["no base64", 'Bearer error="insufficient_claims", claims="%%%"'],
    ["no JSON", 'Bearer error="insufficient_claims", claims="ZXZpbA=="'],
    ["not an object of objects", `Bearer claims="${btoa('{"access_token":null}')}"`],
    ["missing", 'Bearer realm=""'],
  ])("whose claims are %s is not passed on", async (_, header) => {
    rig.graph.faults.next.push({ status: 401, headers: { "www-authenticate": header } });
    const { answer, ...requests } = await cost("/graph/me");
    expect(requests).toEqual({ graph: 1, token: 0 });
    expect(answer.status).toBe(401);
    const { signInUrl } = JSON.parse(answer.body);
    expect(new URL(signInUrl).searchParams.has("claims")).toBe(false);
  });

  it("leads a person to sign-in and back by itself, and not round in circles", async () => {
    refuseTwice();
    const { answer } = await cost("/", "get");
    expect(answer.status).toBe(302);
    const link = new URL(answer.location ?? "");
    expect(link.origin + link.pathname).toBe(`${rig.url}/auth/signin`);
    expect(link.searchParams.get("claims")).toBe(CLAIMS);
    refuseTwice();
    const form = await browser.signIn(link.href, ADELE);
    const home = await browser.submit(form);
    expect([home.status, home.url]).toEqual([403, `${rig.url}/`]);
    expect(home.text).toContain("Signing in did not help");
    expect((await browser.get(`${rig.url}/`)).status).toBe(200);
  });
});

describe("a challenge of the token endpoint's (a policy that wants more)", () => {
  it("is a 401 whose way to sign-in satisfies it", async () => {
    const claims = rig.tenant.forceClaimsChallenge(oid());
    const { answer, graph } = await cost("/graph/me/messages");
    expect([answer.status, graph]).toEqual([401, 0]);
    const { signInUrl } = JSON.parse(answer.body);
    expect(Object.fromEntries(new URL(signInUrl).searchParams)).toEqual({
      scope: "Mail.Read",
      claims,
    });
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
    // What is held already still counts; only new tokens are refused.
    expect((await cost("/graph/me")).answer.status).toBe(200);

    await browser.submit(await browser.signIn(signInUrl, ADELE));
    expect((await cost("/graph/me/messages")).answer.status).toBe(200);
  });
});

itLeaksNothing(() => rig);
