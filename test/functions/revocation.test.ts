import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { TokenFault } from "../../local/tenant/tenant.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { eventually } from "../support/eventually.ts";
import { startWatchedRig, type WatchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import { startTableProxy, type TableProxy } from "../support/tableProxy.ts";
import { PASSING } from "../support/tokens.ts";
import {
  ADELE,
  ALEX,
  homeAccountIdOf,
  sessionCookieOf,
  sessionOf,
  signedInBrowser,
} from "../support/user.ts";

/** Its token is in no cache after a sign-in: the first call refreshes. */
const NEEDS_REFRESH = "/graph/me/messages";

let rig: WatchedRig;
let proxy: TableProxy;
const events: string[] = [];
beforeAll(async () => {
  rig = await startWatchedRig({
    onLog: ({ category, message }) => {
      if (category === "user") events.push(JSON.parse(message).event);
    },
  });
  proxy = await startTableProxy(rig.azurite);
});
afterEach(async () => {
  rig.tenant.switches.tokenFault = undefined;
  proxy.admit = () => true;
  events.length = 0;
  for (const username of [ADELE, ALEX]) {
    const url = `${rig.url}/accounts/${homeAccountIdOf(rig, username)}`;
    const headers = { "x-functions-key": rig.host.keys.default };
    await fetch(url, { method: "DELETE", headers });
  }
});
afterAll(async () => {
  await rig?.stop();
  await proxy?.stop();
});

const oidOf = (username: string) => homeAccountIdOf(rig, username).split(".")[0] ?? "";

describe("a grant that the provider has withdrawn", () => {
  let restore: (() => unknown) | undefined;
  afterEach(() => {
    restore = undefined;
  });

  it.each<[string, () => void]>([
    ["by revoking the user's sessions", () => rig.tenant.revoke(oidOf(ADELE))],
    [
      "by disabling the user",
      () => {
        for (const user of rig.tenant.users) user.disabled = user.username === ADELE;
      },
    ],
    [
      "by deleting the user",
      () => {
        const { users } = rig.tenant;
        const [gone] = users.splice(
          users.findIndex(({ username }) => username === ADELE),
          1,
        );
        restore = () => gone && users.push(gone);
      },
    ],
  ])(
    "%s: the next refresh ends all of the account's sessions, at the latest when they are asked for",
    async (_, withdraw) => {
      const browser = await signedInBrowser(rig);
      const elsewhere = await signedInBrowser(rig);
      const colleague = await signedInBrowser(rig, ALEX);
      withdraw();

      const answer = await browser.fetch(rig.url + NEEDS_REFRESH);
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.body)).toMatchObject({
        type: "urn:lightsout:problem:signed-out",
        signInUrl: `${rig.url}/auth/signin`,
      });
      expect(events).toContain("signout.revoked");
      expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
      expect(await sessionOf(rig, elsewhere)).toMatchObject({ signedIn: false });
      expect(await readAccountRows(rig.azurite)).toHaveLength(1);
      expect(await sessionOf(rig, colleague)).toMatchObject({ signedIn: true });

      restore?.();
      for (const user of rig.tenant.users) user.disabled = false;
      await signedInBrowser(rig, ADELE, browser);
      expect((await browser.fetch(rig.url + NEEDS_REFRESH)).status).toBe(200);
    },
  );

  it("leads a person's page back to sign-in", async () => {
    const browser = await signedInBrowser(rig);
    rig.tenant.revoke(oidOf(ADELE));
    await browser.fetch(rig.url + NEEDS_REFRESH);
    const page = await browser.get(`${rig.url}/auth/sessions`, { follow: false });
    expect(page.location).toBe(`${rig.url}/auth/signin?returnTo=%2Fauth%2Fsessions`);
  });

  it("does not take a newer sign-in with it", async () => {
    const browser = await signedInBrowser(rig);
    const cookie = sessionCookieOf(rig, browser);
    const slow = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: proxy.connectionString } });
    rig.tenant.revoke(oidOf(ADELE));
    // The old sign-in's verdict is on its way to the table …
    const { promise: signedInAgain, resolve } = Promise.withResolvers<void>();
    let held = false;
    proxy.admit = async ({ method }, moment) => {
      if (method === "DELETE" && moment === "before commit") {
        held = true;
        await signedInAgain;
      }
      return true;
    };
    const answer = fetch(slow.url + NEEDS_REFRESH, { headers: { cookie } });
    await eventually(() => held);
    // … when the user signs in again.
    const again = await signedInBrowser(rig);
    resolve();

    expect((await answer).status).toBe(401);
    expect(events).toContain("signout.revoked");
    expect(await sessionOf(rig, again)).toMatchObject({ signedIn: true });
    expect((await again.fetch(rig.url + NEEDS_REFRESH)).status).toBe(200);
    await slow.stop();
  });
});

describe("a fault that is no verdict on the grant", () => {
  it.each<[string, TokenFault]>([
    ...PASSING,
    ["temporarily_unavailable", { status: 400 }],
    ["a request loop", { number: 50196 }],
    ["a pause that is too long to wait for", { status: 429, headers: { "retry-after": "60" } }],
  ])("%s signs nobody out", async (_, fault) => {
    const browser = await signedInBrowser(rig);
    const [before] = await readAccountRows(rig.azurite);
    rig.tenant.switches.tokenFault = fault;
    const answer = await browser.fetch(rig.url + NEEDS_REFRESH);
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe(fault.headers?.["retry-after"] ?? "2");
    expect(answer.body).not.toMatch(/evil|Injected/);
    expect(await readAccountRows(rig.azurite)).toEqual([before]);
    // What needs no new token goes on working.
    expect((await browser.fetch(`${rig.url}/graph/me`)).status).toBe(200);

    rig.tenant.switches.tokenFault = undefined;
    expect((await browser.fetch(rig.url + NEEDS_REFRESH)).status).toBe(200);
  });

  it.each<[string, TokenFault, number, string]>([
    ["an invalid_grant that says no more", { error: "invalid_grant" }, 401, "interaction-required"],
    ["a policy", { number: 53003 }, 401, "interaction-required"],
    ["a scope that is refused", { error: "invalid_scope" }, 401, "interaction-required"],
    ["a secret that is wrong", { number: 7000215 }, 500, "app-refused"],
    ["an API that the tenant does not know", { number: 500011 }, 500, "app-refused"],
    ["an error nobody has heard of", { error: "evil" }, 500, "app-refused"],
  ])("%s signs nobody out either, and says whose it is", async (_, fault, status, type) => {
    const browser = await signedInBrowser(rig);
    const [before] = await readAccountRows(rig.azurite);
    rig.tenant.switches.tokenFault = fault;
    const answer = await browser.fetch(rig.url + NEEDS_REFRESH);
    const problem = JSON.parse(answer.body);
    expect([answer.status, problem.type]).toEqual([status, `urn:lightsout:problem:${type}`]);
    expect(answer.headers["retry-after"]).toBeUndefined();
    expect("signInUrl" in problem).toBe(status === 401);
    expect(answer.body).not.toMatch(/evil|Injected|in a moment/);
    expect(await readAccountRows(rig.azurite)).toEqual([before]);
    expect((await browser.fetch(`${rig.url}/graph/me`)).status).toBe(200);
  });

  it("and is ridden out when the provider asks for a short pause", async () => {
    const browser = await signedInBrowser(rig);
    const headers = { "retry-after": "1" };
    rig.tenant.switches.tokenFault = { status: 429, headers, times: 1 };
    expect((await browser.fetch(rig.url + NEEDS_REFRESH)).status).toBe(200);
  });
});

itLeaksNothing(() => rig);
