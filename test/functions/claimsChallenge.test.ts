import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing, tokenRequests } from "../support/attack.ts";
import { claimsChallenge } from "../support/graph.ts";
import { watchedRig } from "../support/secrets.ts";
import { ADELE, oidOf, sessionCookieOf, sessionOf, signedInBrowser } from "../support/user.ts";

const CLAIMS = JSON.stringify({ access_token: { nbf: { essential: true, value: "1" } } });
const TWO_DAYS = "startDateTime=2026-01-01T00:00:00Z&endDateTime=2026-01-02T00:00:00Z";

const rig = watchedRig();
let browser: Browser;
const oid = () => oidOf(rig);
beforeEach(async () => {
  browser = await signedInBrowser(rig);
});

const claimsOf = (endpoint: "authorize" | "token") =>
  JSON.parse(
    rig.tenant.requests.findLast((request) => request.endpoint === endpoint)?.params.claims ?? "{}",
  ).access_token;

/** Counts what one request to the app costs at Graph and at the token endpoint. */
async function cost(path: string) {
  const before = { graph: rig.graph.calls.length, token: tokenRequests(rig) };
  const answer = await browser.fetch(rig.url + path);
  return {
    answer,
    graph: rig.graph.calls.length - before.graph,
    token: tokenRequests(rig) - before.token,
  };
}

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
    rig.graph.faults.next.push(claimsChallenge(CLAIMS), claimsChallenge(CLAIMS));
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

  it("after which the grant turns out to be gone ends the session", async () => {
    rig.graph.faults.claimsChallenge(oid());
    rig.tenant.revoke(oid());
    const { answer } = await cost("/graph/me");
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body).type).toBe("urn:lightsout:problem:signed-out");
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
  });

  it("does not fail twenty calls at once on two instances, for several scopes", async () => {
    const instances = [rig.host, await rig.startHost()];
    const headers = { cookie: sessionCookieOf(rig, browser) };
    const paths = ["/graph/me", "/graph/me/messages", `/graph/me/calendarView?${TWO_DAYS}`];
    const callAll = () =>
      Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const answer = await fetch(`${instances[i % 2]?.url}${paths[i % 3]}`, { headers });
          await answer.body?.cancel();
          return answer.status;
        }),
      );
    await callAll();
    rig.graph.faults.claimsChallenge(oid());
    expect(new Set(await callAll())).toEqual(new Set([200]));
    await instances[1]?.stop();
  });
});

it("a challenge of the token endpoint's (a policy that wants more) is a 401 whose way to sign-in satisfies it", async () => {
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

itLeaksNothing(() => rig);
