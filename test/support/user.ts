import type { Rig } from "../../local/rig.ts";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";

export const ADELE = "adelev@contoso.com";
export const ALEX = "alexw@contoso.com";

/** A browser that has signed in to the app. */
export async function signedInBrowser(
  { url }: Pick<Rig, "url">,
  username = ADELE,
  browser = createBrowser(),
): Promise<Browser> {
  const answer = await browser.submit(await browser.signIn(`${url}/auth/signin`, username));
  if (answer.status !== 200) throw new Error(`Sign-in ended with ${answer.status}: ${answer.text}`);
  return browser;
}

/** What `/auth/session` says to this browser. */
export async function sessionOf({ url }: Pick<Rig, "url">, browser: Browser) {
  const { body } = await browser.get(`${url}/auth/session`);
  return JSON.parse(body) as { signedIn: boolean; account?: { homeAccountId: string } };
}

export function homeAccountIdOf({ tenant }: Pick<Rig, "tenant">, username = ADELE): string {
  const user = tenant.users.find((candidate) => candidate.username === username);
  if (!user) throw new Error(`No such user: ${username}`);
  return `${user.oid}.${user.tenantId ?? tenant.tenantId}`;
}

/** The `sid` of the last front-channel logout that the tenant framed for an app. */
export function lastSid({ tenant }: Pick<Rig, "tenant">): string {
  const call = tenant.frontChannelCalls.at(-1);
  if (!call) throw new Error("Nobody has signed out.");
  return call.sid;
}
