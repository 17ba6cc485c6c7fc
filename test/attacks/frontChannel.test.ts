import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing, seen } from "../support/attack.ts";
import { sendRaw } from "../support/raw.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import {
  ADELE,
  ALEX,
  sessionCookieOf,
  sessionOf,
  sidOf,
  signedInBrowser,
} from "../support/user.ts";

const PATH = "/auth/logout-callback";

const rig = watchedRig();
let adele: Browser;
let alex: Browser;
/** Of Adele's session, which no attack may end. */
let sid: string;
/** What a sign-out that found its session was answered. */
let known: string;
let claims: Record<string, unknown> = {};

beforeAll(async () => {
  rig.tenant.switches.idTokenOverrides = (given) => {
    claims = given;
    return { claims: given };
  };
  alex = await signedInBrowser(rig, ALEX);
  const answer = await sendRaw(rig, `${PATH}?sid=${sidOf(rig, alex, ALEX)}`);
  expect(answer.status).toBe(200);
  expect(await sessionOf(rig, alex)).toMatchObject({ signedIn: false });
  known = seen(answer);
  adele = await signedInBrowser(rig, ADELE);
  sid = sidOf(rig, adele);
});
beforeEach(async () => {
  expect(await sessionOf(rig, adele)).toMatchObject({ signedIn: true });
});

const encode = encodeURIComponent;

describe("a front-channel call with", () => {
  it.each<[string, () => string]>([
    ["an unknown sid", () => `sid=${crypto.randomUUID()}`],
    ["the sid in upper case", () => `sid=${sid.toUpperCase()}`],
    ["the sid's beginning", () => `sid=${sid.slice(0, -1)}`],
    ["the sid after a space", () => `sid=%20${sid}`],
    ["the sid under other names", () => `session_state=${sid}&id=${sid}&s=${sid}`],
    ["an OData filter", () => `sid=${encode("' or PartitionKey ge '")}`],
    ["the user's sub for a sid", () => `sid=${encode(String(claims.sub))}`],
    ["the user's oid for a sid", () => `sid=${claims.oid}`],
    ["the user's sub, and no sid", () => `sub=${encode(String(claims.sub))}`],
    ["another issuer", () => `sid=${sid}&iss=https://evil.example`],
  ])("%s ends nothing, and is answered like one that did", async (_, query) => {
    const answer = await sendRaw(rig, `${PATH}?${query()}`);
    expect(seen(answer)).toBe(known);
    expect(await sessionOf(rig, adele)).toMatchObject({ signedIn: true });
  });

  it.each(["HEAD", "OPTIONS", "PUT", "DELETE", "POST"])("%s has no effect", async (method) => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = method === "POST" ? { headers, body: `sid=${sid}` } : {};
    const answer = await sendRaw(rig, { method, path: `${PATH}?sid=${sid}`, ...body });
    expect(answer.status).toBe(404);
    expect(await sessionOf(rig, adele)).toMatchObject({ signedIn: true });
  });

  it("the sid in a header, a cookie or a body has no effect", async () => {
    const headers = { sid, cookie: `sid=${sid}`, "x-sid": sid, referer: `${rig.url}/?sid=${sid}` };
    const answer = await sendRaw(rig, { path: PATH, headers, body: `sid=${sid}` });
    expect(seen(answer)).toBe(known);
    expect(await sessionOf(rig, adele)).toMatchObject({ signedIn: true });
  });
});

describe("a call with one user's cookie and another's sid", () => {
  it("ends the other's, and the cookie's owner notices nothing", async () => {
    const attacker = await signedInBrowser(rig, ALEX);
    const victim = await signedInBrowser(rig, ADELE);
    const answer = await sendRaw(rig, {
      path: `${PATH}?sid=${sidOf(rig, victim)}`,
      headers: { cookie: sessionCookieOf(rig, attacker) },
    });
    expect(seen(answer)).toBe(known);
    expect(await sessionOf(rig, victim)).toMatchObject({ signedIn: false });
    expect(await sessionOf(rig, attacker)).toMatchObject({ account: { username: ALEX } });
    adele = await signedInBrowser(rig, ADELE);
    sid = sidOf(rig, adele);
  });

  it("repeated, does not touch the next sign-in", async () => {
    const old = sid;
    await sendRaw(rig, `${PATH}?sid=${old}`);
    rig.tenant.revoke(String(claims.oid));
    adele = await signedInBrowser(rig, ADELE);
    sid = sidOf(rig, adele);
    expect(sid).not.toBe(old);
    for (let i = 0; i < 5; i++) expect(seen(await sendRaw(rig, `${PATH}?sid=${old}`))).toBe(known);
    expect(await sessionOf(rig, adele)).toMatchObject({ signedIn: true });
  });
});

it("a thousand made-up sids lock nobody out: in the middle of them people work, sign in and sign out", async () => {
  const others = await signedInBrowser(rig, ALEX);
  let flooding = true;
  const statuses = new Set<string>();
  const flood = Array.from({ length: 20 }, async () => {
    for (let i = 0; i < 50; i++) {
      statuses.add(seen(await sendRaw(rig, `${PATH}?sid=${crypto.randomUUID()}`)));
    }
  });
  const work = async () => {
    let rounds = 0;
    while (flooding || rounds < 2) {
      expect((await adele.fetch(`${rig.url}/graph/me`)).status).toBe(200);
      const guest = await signedInBrowser(rig, "meganb@contoso.com");
      const meganSid = sidOf(rig, guest, "meganb@contoso.com");
      expect(seen(await sendRaw(rig, `${PATH}?sid=${meganSid}`))).toBe(known);
      expect(await sessionOf(rig, guest)).toMatchObject({ signedIn: false });
      rounds++;
    }
  };
  const working = work();
  await Promise.all(flood);
  flooding = false;
  await working;
  expect([...statuses]).toEqual([known]);
  expect(await sessionOf(rig, others)).toMatchObject({ account: { username: ALEX } });
  expect(await readAccountRows(rig.azurite)).toHaveLength(2);
}, 90_000);

itLeaksNothing(() => rig);
