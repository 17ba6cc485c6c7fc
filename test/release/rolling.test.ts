import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type FunctionsHost, startHost } from "../../local/host/host.ts";
import { startRig } from "../../local/rig.ts";
import { ROOT } from "../../local/root.ts";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { eventually } from "../support/eventually.ts";
import { shared } from "../support/shared.ts";
import {
  ADELE,
  callFrontChannel,
  holdsTokens,
  homeAccountIdOf,
  isSignedIn,
  newUser,
  sessionCookieOf,
  sidOf,
} from "../support/user.ts";
import { bundleBefore } from "./releases.ts";

const { version, main } = bundleBefore();
const rig = shared(() => startRig());
let before: FunctionsHost;
beforeAll(async () => {
  before = await startHost({ root: ROOT, main, keys: rig.host.keys, env: rig.env });
});
afterAll(() => before?.stop());

const instances = { before: () => before, after: () => rig.host };
type Instance = keyof typeof instances;

describe.each<[Instance, Instance]>([
  ["before", "after"],
  ["after", "before"],
])(
  `between this version and the one before (${version}), from the one %s to the one %s`,
  (a, b) => {
    const here = () => instances[a]();
    const there = () => instances[b]();

    it("a session goes on, refreshed by either", async () => {
      const { cookie } = await signedIn(here());
      for (const { url } of [there(), here(), there(), here()]) {
        expect(await isSignedIn({ url }, cookie)).toBe(true);
        for (const path of ["me", "me/messages"]) {
          const answer = await fetch(`${url}/graph/${path}`, { headers: { cookie } });
          expect(answer.status).toBe(200);
        }
      }
    });

    it("a sign-in that one begins is finished by the other", async () => {
      const { cookie } = await signedIn(here(), there());
      for (const host of [here(), there()]) expect(await isSignedIn(host, cookie)).toBe(true);
    });

    it.each<[string, (one: SignedIn) => Promise<Response>]>([
      ["by the front channel", ({ sid }) => callFrontChannel(there(), sid)],
      ["by the user", ({ cookie }) => post("/auth/signout", { cookie, origin: rig.url })],
      ["by an operator", ({ username }) => endAccount(homeAccountIdOf(rig, username))],
    ])("a sign-out %s counts for the other", async (_, signOut) => {
      const one = await signedIn(here(), here(), newUser(rig));
      const again = await signedIn(here(), here(), one.username);
      expect((await signOut(one)).status).toBeLessThan(400);
      expect(await holdsTokens(rig, one.username)).toBe(false);
      for (const host of [here(), there()]) {
        for (const { cookie } of [one, again]) expect(await isSignedIn(host, cookie)).toBe(false);
      }
    });

    it("a sign-out stops a sign-in that is under way at the other", async () => {
      const browser = createBrowser();
      const { username, cookie, sid } = await signedIn(here(), here(), newUser(rig), browser);
      const form = await browser.signIn(`${here().url}/auth/signin?prompt=login`, username);
      const redeemed = () => rig.tenant.requests.filter((one) => one.endpoint === "token").length;
      const redeemedBefore = redeemed();
      const release = rig.tenant.holdTokenEndpoint();
      form.action = `${here().url}/auth/callback`;
      const answer = browser.submit(form);
      await eventually(() => redeemed() > redeemedBefore);
      await callFrontChannel(there(), sid);
      release();
      expect((await answer).status).toBe(409);
      expect(await holdsTokens(rig, username)).toBe(false);
      expect(await isSignedIn(here(), cookie)).toBe(false);
    });

    const post = (path: string, headers: Record<string, string>) =>
      fetch(there().url + path, { method: "POST", headers, redirect: "manual" });
    const endAccount = (id: string) =>
      fetch(`${there().url}/accounts/${id}`, {
        method: "DELETE",
        headers: { "x-functions-key": rig.host.keys.default },
      });
  },
);

interface SignedIn {
  readonly username: string;
  readonly sid: string;
  /** A `Cookie` header. */
  readonly cookie: string;
}

async function signedIn(
  begins: FunctionsHost,
  finishes = begins,
  username = ADELE,
  browser: Browser = createBrowser(),
): Promise<SignedIn> {
  const form = await browser.signIn(`${begins.url}/auth/signin`, username);
  form.action = `${finishes.url}/auth/callback`;
  const answer = await browser.submit(form, { follow: false });
  expect(answer.status).toBe(303);
  return {
    username,
    sid: sidOf(rig, browser, username),
    cookie: sessionCookieOf(finishes, browser),
  };
}
