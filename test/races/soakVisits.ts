import { odata } from "@azure/data-tables";
import type { FunctionsHost } from "../../local/host/host.ts";
import type { Rig } from "../../local/rig.ts";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { accountPartition, type HomeAccountId } from "../../src/shared/rows/keys.ts";
import { signLogoutToken } from "../support/logoutToken.ts";
import { openTable } from "../support/table.ts";
import {
  callFrontChannel,
  homeAccountIdOf,
  newUser,
  sidOf,
  signedInBrowser,
} from "../support/user.ts";

/** The function app under faults. Its table, too, can be read past them. */
export interface Place {
  readonly rig: Rig;
  readonly host: FunctionsHost;
}

export interface Visited {
  readonly way: Way;
  readonly signedIn: boolean;
  readonly calls: number;
  /** Sign-outs that answered 503, and were done again. */
  readonly again: number;
  /** What must not be. */
  readonly violations: readonly string[];
}

/** A sign-out for each way, and what says that it was done. */
const SIGN_OUTS = {
  here: {
    done: 303,
    ask: async ({ rig }: Place, browser: Browser) => {
      const question = await browser.get(`${rig.url}/auth/signout`);
      return (await browser.submit(question.forms[0], { follow: false })).status;
    },
  },
  frontChannel: {
    done: 200,
    ask: async ({ rig, host }: Place, browser: Browser, user: string) =>
      (await callFrontChannel(host, sidOf(rig, browser, user))).status,
  },
  backChannel: {
    done: 200,
    ask: async ({ rig, host }: Place, browser: Browser, user: string) => {
      const token = await signLogoutToken(rig, { sid: sidOf(rig, browser, user) });
      const body = new URLSearchParams({ logout_token: token });
      return (await fetch(`${host.url}/auth/backchannel-logout`, { method: "POST", body })).status;
    },
  },
  operator: {
    done: 204,
    ask: async ({ rig, host }: Place, _: Browser, user: string) => {
      const url = `${host.url}/accounts/${homeAccountIdOf(rig, user)}`;
      const headers = { "x-functions-key": host.keys.default };
      return (await fetch(url, { method: "DELETE", headers })).status;
    },
  },
};
export type Way = keyof typeof SIGN_OUTS;
export const WAYS = Object.keys(SIGN_OUTS) as Way[];

/** The second one needs a token that the sign-in did not bring. */
const PATHS = ["/graph/me", "/graph/me/messages", "/auth/session", "/"];

/** Somebody new signs in, looks around, and is signed out that way while calls are under way. */
export async function visit(place: Place, way: Way): Promise<Visited> {
  const { rig } = place;
  const user = newUser(rig);
  const browser = createBrowser();
  const violations: string[] = [];
  const call = async (path: string) => {
    const { status } = await browser.fetch(rig.url + path);
    if (status === 500) violations.push(`${path} answered 500.`);
  };

  const signedIn = await signedInBrowser(rig, user, browser).then(
    () => true,
    () => false,
  );
  if (signedIn) for (const path of PATHS) await call(path);
  const underWay = signedIn ? PATHS.map(call) : [];

  // Nobody else can name a sign-in that was not completed.
  const by = signedIn ? way : "operator";
  const { done, ask } = SIGN_OUTS[by];
  let again = 0;
  let status = await ask(place, browser, user);
  for (; status === 503 && again < 20; again++) status = await ask(place, browser, user);
  if (status !== done) violations.push(`A sign-out (${by}) answered ${status}.`);
  await Promise.all(underWay);
  if (await holdsTokens(place, user)) violations.push(`A sign-out (${by}) left tokens.`);
  return { way: by, signedIn, calls: 2 * underWay.length, again, violations };
}

async function holdsTokens({ rig }: Place, user: string): Promise<boolean> {
  const filter = odata`PartitionKey eq ${accountPartition(homeAccountIdOf(rig, user) as HomeAccountId)}`;
  for await (const { rowKey } of openTable(rig.azurite).listEntities({
    queryOptions: { filter },
  })) {
    if (rowKey?.startsWith("c.")) return true;
  }
  return false;
}
