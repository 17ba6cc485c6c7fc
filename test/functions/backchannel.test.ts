import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { decodeJwt, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { flipped } from "../support/flipped.ts";
import { leapingClock } from "../support/leap.ts";
import { signLogoutToken } from "../support/logoutToken.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import { startTableProxy, type TableProxy } from "../support/tableProxy.ts";
import { ADELE, ALEX, sessionOf, signedInBrowser, signInAgain } from "../support/user.ts";

const MEGAN = "meganb@contoso.com";

const rig = watchedRig();
let proxy: TableProxy;
let browser: Browser;
let idToken: JWTPayload;

beforeAll(async () => {
  rig.tenant.switches.backchannelLogout = true;
  rig.tenant.switches.idTokenOverrides = (claims) => {
    idToken = claims;
    return { claims };
  };
  proxy = await startTableProxy(rig.azurite);
});
/** Always the same browser: it has seen what was signed out before. */
beforeEach(async () => {
  browser = await signedInBrowser(rig, ADELE, browser);
});
afterAll(() => proxy?.stop());

type Changes = Record<string, unknown>;

/** A logout token for the last sign-in. `undefined` takes a claim away. */
function logoutToken(changes: Changes = {}, header: Changes = {}) {
  const { sid, sub } = idToken;
  return signLogoutToken(rig, { sid, sub, ...changes }, header);
}

function post(token: string, url = rig.url, query = "") {
  return fetch(`${url}/auth/backchannel-logout${query}`, {
    method: "POST",
    body: new URLSearchParams({ logout_token: token }),
  });
}

const signedIn = async () => (await sessionOf(rig, browser)).signedIn;

describe("oidcc-client-test-rp-backchannel-rpinitlogout", () => {
  it.each<[string, Changes]>([
    ["sid and sub", {}],
    ["sid alone", { sub: undefined }],
    ["sub alone", { sid: undefined }],
  ])("a token with %s signs the user out, on 200", async (_, changes) => {
    const colleague = await signedInBrowser(rig, ALEX);
    browser = await signedInBrowser(rig, ADELE, browser);
    const answer = await post(await logoutToken(changes));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await signedIn()).toBe(false);
    expect(await sessionOf(rig, colleague)).toMatchObject({ signedIn: true });
  });

  it("a user can sign in again afterwards", async () => {
    expect((await post(await logoutToken({ sid: undefined }))).status).toBe(200);
    browser = await signedInBrowser(rig, ADELE, browser);
    expect(await signedIn()).toBe(true);
  });

  it("and in a browser that knows nothing of it, with a button: the provider's clock tells seconds", async () => {
    expect((await post(await logoutToken({ sid: undefined }))).status).toBe(200);
    const another = createBrowser();
    const held = await another.submit(await another.signIn(`${rig.url}/auth/signin`, ADELE));
    expect(held.status).toBe(409);
    expect((await signInAgain(another, held)).status).toBe(200);
    expect(await sessionOf(rig, another)).toMatchObject({ signedIn: true });
  });
});

it("a token that comes late ends the sessions that are older, and none that is newer", async () => {
  const minuteAgo = () => Math.floor(Date.now() / 1_000) - 60;
  const remember = rig.tenant.switches.idTokenOverrides;
  rig.tenant.switches.idTokenOverrides = (claims) => ({
    claims: { ...claims, iat: minuteAgo() },
  });
  const old = await signedInBrowser(rig, MEGAN);
  rig.tenant.switches.idTokenOverrides = remember;
  const young = await signedInBrowser(rig, MEGAN);
  expect(await sessionOf(rig, old)).toMatchObject({ signedIn: true });
  const iat = minuteAgo() + 10;
  expect((await post(await logoutToken({ sid: undefined, iat }))).status).toBe(200);
  expect(await sessionOf(rig, old)).toMatchObject({ signedIn: false });
  expect(await sessionOf(rig, young)).toMatchObject({ signedIn: true });
  expect((await young.fetch(`${rig.url}/graph/me`)).status).toBe(200);
});

it("a token that names only a sub that nobody has signed in with is answered 400, and has not been used up", async () => {
  const token = await logoutToken({ sid: undefined, sub: "a stranger" });
  for (let i = 0; i < 2; i++) {
    const answer = await post(token);
    expect(answer.status).toBe(400);
    const detail = "The logout_token names nobody who has signed in here.";
    expect(await answer.json()).toMatchObject({ detail });
  }
  expect(await signedIn()).toBe(true);
});

/* By the names of the conformance suite; what a logout token has to be, test/identity tells rule by rule. */
describe("what is refused, on 400, and signs nobody out", () => {
  async function expectRefused(token: string): Promise<void> {
    const answer = await post(token);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await signedIn()).toBe(true);
  }

  it.each<[string, Changes]>([
    ["oidcc-client-test-rp-backchannel-rpinitlogout-wrong-iss", { iss: "https://evil.example" }],
    ["oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud", { aud: "another-client" }],
    ["oidcc-client-test-rp-backchannel-rpinitlogout-no-event", { events: undefined }],
    ["oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event", { events: { other: {} } }],
    ["oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce", { nonce: "abc" }],
    ["no sub and no sid", { sub: undefined, sid: undefined }],
  ])("%s", async (_, changes) => expectRefused(await logoutToken(changes)));

  it.each<[string, (token: string) => string | Promise<string>]>([
    [
      "oidcc-client-test-rp-backchannel-rpinitlogout-alg-none",
      (token) => new UnsecuredJWT(decodeJwt(token)).encode(),
    ],
    [
      "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-alg: HS256 with the public key",
      async (token) => {
        const metadata = await (await fetch(rig.tenant.metadataUrl)).json();
        const { jwks_uri } = metadata as { jwks_uri: string };
        const secret = Buffer.from(await (await fetch(jwks_uri)).text());
        const header = { alg: "HS256", kid: rig.tenant.signingKey.kid ?? "" };
        return new SignJWT(decodeJwt(token)).setProtectedHeader(header).sign(secret);
      },
    ],
    ["a changed signature", flipped],
    ["no token", () => ""],
  ])("%s", async (_, forge) => expectRefused(await forge(await logoutToken())));

  it("a token that has been used, which must not touch the next sign-in", async () => {
    const token = await logoutToken({ sid: undefined });
    expect((await post(token)).status).toBe(200);
    browser = await signedInBrowser(rig, ADELE, browser);
    expect((await post(token)).status).toBe(400);
    expect(await signedIn()).toBe(true);
  });
});

it("while the table does not answer, says so, and the provider's next try with the same token succeeds", async () => {
  const TOKEN_CACHE_STORAGE = proxy.connectionString;
  // Only the try that is to fail: a slow machine may take longer than half a second for the next one.
  const leap = leapingClock("/auth/backchannel-logout?leaps", 20_000);
  const NODE_OPTIONS = `${rig.env.NODE_OPTIONS} ${leap}`;
  const host = await rig.startHost({ env: { TOKEN_CACHE_STORAGE, NODE_OPTIONS } });
  const token = await logoutToken();
  proxy.down = true;
  expect((await post(token, host.url, "?leaps")).status).toBe(503);
  expect(await readAccountRows(rig.azurite)).not.toEqual([]);
  proxy.down = false;
  expect((await post(token, host.url)).status).toBe(200);
  expect(await signedIn()).toBe(false);
});

itLeaksNothing(() => rig);
