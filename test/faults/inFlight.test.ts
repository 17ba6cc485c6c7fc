import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { createBrowser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { eventually } from "../support/eventually.ts";
import { startWatchedRig, type WatchedRig } from "../support/secrets.ts";
import { readAccountRows, readTable } from "../support/table.ts";
import { ADELE, sessionOf, signedInBrowser } from "../support/user.ts";

let rig: WatchedRig;
let release: (() => void) | undefined;
beforeAll(async () => {
  rig = await startWatchedRig();
});
afterEach(() => release?.());
afterAll(() => rig?.stop());

const tokenRequests = () =>
  rig.tenant.requests.filter(({ endpoint }) => endpoint === "token").length;

/** Runs something up to the point where it waits for the token endpoint. */
async function upToTokenRequest<T>(run: () => Promise<T>): Promise<{ running: Promise<T> }> {
  const before = tokenRequests();
  release = rig.tenant.holdTokenEndpoint();
  const running = run();
  await eventually(() => tokenRequests() > before);
  return { running };
}

describe("a sign-out in another app while the callback is still redeeming its code", () => {
  it("wins: no session, no token, and a page that says so", async () => {
    const browser = createBrowser();
    const form = await browser.signIn(`${rig.url}/auth/signin`, ADELE);
    const { running } = await upToTokenRequest(() => browser.submit(form, { follow: false }));

    const signOut = await fetch(`${rig.url}/auth/logout-callback?sid=${form.fields.session_state}`);
    expect(signOut.status).toBe(200);
    release?.();

    const answer = await running;
    expect(answer.status).toBe(409);
    expect(answer.text).toContain("signed out while this sign-in was still running");
    expect(await readAccountRows(rig.azurite)).toEqual([]);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
  });

  it("also counts when it comes before the browser has posted the answer", async () => {
    const browser = createBrowser();
    const form = await browser.signIn(`${rig.url}/auth/signin`, ADELE);
    await fetch(`${rig.url}/auth/logout-callback?sid=${form.fields.session_state}`);
    expect((await browser.submit(form, { follow: false })).status).toBe(409);
    expect(await readAccountRows(rig.azurite)).toEqual([]);
  });
});

describe("a sign-out while a Graph request is refreshing its token", () => {
  it.each(["here", "in another app", "by an operator"])(
    "%s: Graph is not called, nothing is written back, and the answer is 401",
    async (where) => {
      const browser = await signedInBrowser(rig);
      const { account } = await sessionOf(rig, browser);
      const calls = rig.graph.calls.length;
      const { running } = await upToTokenRequest(() =>
        browser.fetch(`${rig.url}/graph/me/messages`),
      );

      if (where === "here") {
        const question = await browser.get(`${rig.url}/auth/signout`);
        const answer = await browser.submit(question.forms[0], { follow: false });
        expect(answer.status).toBe(303);
      } else if (where === "in another app") {
        const [session] = rig.tenant.sessions.filter(({ signIns }) => signIns.length > 0).slice(-1);
        const sid = session?.signIns[0]?.sid;
        expect((await fetch(`${rig.url}/auth/logout-callback?sid=${sid}`)).status).toBe(200);
      } else {
        const headers = { "x-functions-key": rig.host.keys.default };
        const url = `${rig.url}/accounts/${account?.homeAccountId}`;
        expect((await fetch(url, { method: "DELETE", headers })).status).toBe(204);
      }
      expect(await readAccountRows(rig.azurite)).toEqual([]);
      const rows = await readTable(rig.azurite);
      release?.();

      expect((await running).status).toBe(401);
      expect(rig.graph.calls).toHaveLength(calls);
      expect(await readTable(rig.azurite)).toEqual(rows);
    },
  );
});

itLeaksNothing(() => rig);
