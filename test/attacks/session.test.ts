import { randomBytes } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { FunctionsHost } from "../../local/host/host.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import { readSealingKeys } from "../../src/shared/config/sealingKeys.ts";
import { createKeyring } from "../../src/shared/crypto/keyring.ts";
import { sealCookie } from "../../src/shared/session/cookies.ts";
import { itLeaksNothing, keyringOf } from "../support/attack.ts";
import { sendRaw } from "../support/raw.ts";
import { watchedRig } from "../support/secrets.ts";
import { shared } from "../support/shared.ts";
import { startTableProxy } from "../support/tableProxy.ts";
import {
  ADELE,
  ALEX,
  isSignedIn,
  oidOf,
  sessionCookieOf,
  sessionOf,
  signedInBrowser,
  signOutIn,
} from "../support/user.ts";

const NAME = "__Host-lightsout";

const rig = watchedRig();
const proxy = shared(() => startTableProxy(rig.azurite));
/** An instance whose requests to the table are counted. */
let counted: FunctionsHost;
let browser: Browser;
/** A session cookie's value that works. */
let good: string;
beforeAll(async () => {
  counted = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: proxy.connectionString } });
});
beforeEach(async () => {
  if (!good || !(await isSignedIn(rig, `${NAME}=${good}`))) browser = await signedInBrowser(rig);
  good = browser.cookies.get(rig.url, NAME) ?? "";
  proxy.take();
});

/** What each entrance answers to a request with that `Cookie` header. */
async function answersTo(cookie: string, { url } = counted) {
  const session = await sendRaw({ url }, { path: "/auth/session", headers: { cookie } });
  const graph = await sendRaw({ url }, { path: "/graph/me", headers: { cookie } });
  const home = await sendRaw({ url }, { path: "/", headers: { cookie } });
  const { signedIn } = JSON.parse(session.body);
  return { signedIn, statuses: [session.status, graph.status, home.status] };
}

const REFUSED = { signedIn: false, statuses: [200, 401, 200] };

const changed = (value: string, at: number) =>
  value.slice(0, at) + (value.at(at) === "A" ? "B" : "A") + value.slice(at).slice(1);
/** A cookie that is sealed as ours are, with other keys. */
function foreign(content: unknown, keyId = "local") {
  const keys = readSealingKeys({
    TOKEN_CACHE_KEYS: `${keyId}:${randomBytes(32).toString("base64")}`,
  });
  return sealCookie(createKeyring(keys, randomBytes), NAME, content);
}
const ticket = { partition: "a.x", generation: "g", sessionId: "s" };

describe("a session cookie", () => {
  // One of each kind: every bit, length and form, test/session/cookies.test.ts.
  it.each<[string, (good: string) => string]>([
    ["that is empty", () => ""],
    ["that is an OData filter", () => "' or PartitionKey ge '"],
    ["whose content was changed", (value) => changed(value, 60)],
    ["that another app sealed", () => foreign(ticket)],
    ["of letters that are not ASCII", () => Buffer.from("local.\u00e4\u00f6").toString("latin1")],
  ])("%s is nobody's, and no query is made of it", async (_, attack) => {
    expect(await answersTo(`${NAME}=${attack(good)}`)).toEqual(REFUSED);
    expect(proxy.take()).toEqual([]);
  });

  it.each([
    { ...ticket, partition: "' or PartitionKey ge '" },
    { ...ticket, partition: "a',RowKey='head", generation: "x'y" },
    { ...ticket, sessionId: "__proto__" },
  ])("that we sealed ourselves, around what is no key, finds nothing: %j", async (content) => {
    // Only for whoever has the keys; even then a key is a key and no query.
    const sealed = sealCookie(keyringOf(rig), NAME, content);
    expect(await answersTo(`${NAME}=${sealed}`)).toEqual(REFUSED);
    expect(new Set(proxy.take())).toEqual(new Set(["GET"]));
  });

  it("is for this host, this path and this app's own requests only", async () => {
    const form = await browser.signIn(`${rig.url}/auth/signin`, ADELE);
    const { headers } = await browser.submit(form, { follow: false });
    const cookie = headers["set-cookie"]?.find((text) => text.startsWith(`${NAME}=`)) ?? "";
    const [, ...attributes] = cookie.split("; ");
    expect(attributes.sort()).toEqual([
      "httponly",
      `max-age=${12 * 3_600}`,
      "path=/",
      "samesite=lax",
      "secure",
    ]);
  });

  it.each(["a", "ä", "界", "😀", '"', "\\", "\u0001"])(
    "is one that browsers keep, whatever the provider's login_hint: of many times %j",
    async (letter) => {
      for (const times of [1, 500, 1_024, 1_025, 2_040, 4_096, 20_000]) {
        const login_hint = letter.repeat(times);
        rig.tenant.switches.idTokenOverrides = (claims) => ({ claims: { ...claims, login_hint } });
        const browser = await signedInBrowser(rig);
        const { signedIn } = await sessionOf(rig, browser);
        const { location } = await signOutIn(rig, browser);
        const sent = new URL(location ?? "").searchParams.get("logout_hint");
        const whole = sent === null || sent === login_hint;
        expect({ times, signedIn, whole }).toEqual({ times, signedIn: true, whole: true });
      }
    },
  );
});

it("an old session cookie is dead on every instance after a sign-out", async () => {
  const instances = [rig.host, counted, await rig.startHost()];
  const cookie = sessionCookieOf(rig, browser);
  for (const instance of instances) expect(await isSignedIn(instance, cookie)).toBe(true);
  await signOutIn(rig, browser);
  for (const instance of instances) {
    expect(await answersTo(cookie, instance)).toEqual(REFUSED);
  }
  await signedInBrowser(rig, ADELE, browser);
  for (const instance of instances) expect(await isSignedIn(instance, cookie)).toBe(false);
  await instances[2]?.stop();
});

it("another account that signs in over a live session ends that session, and takes nothing over from it", async () => {
  const old = sessionCookieOf(rig, browser);
  const elsewhere = await signedInBrowser(rig, ADELE);
  const form = await browser.signIn(
    `${rig.url}/auth/signin?prompt=select_account&scope=Mail.Read`,
    ALEX,
  );
  await browser.submit(form);

  expect(await isSignedIn(rig, old)).toBe(false);
  expect(await sessionOf(rig, elsewhere)).toMatchObject({ account: { username: ADELE } });
  expect(await sessionOf(rig, browser)).toMatchObject({ account: { username: ALEX } });
  const calls = rig.graph.calls.length;
  for (const path of ["/graph/me", "/graph/me/messages", "/"]) {
    expect((await browser.fetch(rig.url + path)).body).not.toContain("Adele");
  }
  const asked = rig.graph.calls.slice(calls).map(({ oid }) => oid);
  expect(new Set(asked)).toEqual(new Set([oidOf(rig, ALEX)]));
});

itLeaksNothing(() => rig);
