import type { Rig } from "../../local/rig.ts";
import { type Browser, createBrowser, type Page } from "../../local/tenant/browserless.ts";
import type { AppRegistration } from "../../local/tenant/tenant.ts";
import type { Keyring } from "../../src/shared/crypto/keyring.ts";
import type { HttpRequest } from "../../src/shared/http/types.ts";
import { accountPartition, type HomeAccountId } from "../../src/shared/rows/keys.ts";
import { readSessionCookie, type SessionTicket } from "../../src/shared/session/sessionCookie.ts";
import { unescaped } from "./markup.ts";
import { readAccountRows } from "./table.ts";

export const ADELE = "adelev@contoso.com";
export const ALEX = "alexw@contoso.com";

/** What the tenant knows of the app. */
export function registrationOf({ tenant, env }: Pick<Rig, "tenant" | "env">): AppRegistration {
  const app = tenant.apps.get(env.ENTRA_CLIENT_ID ?? "");
  if (!app) throw new Error("The app is not registered.");
  return app;
}

/** Makes somebody new known to the tenant, whose tokens are nobody else's business. @returns the username */
export function newUser({ tenant }: Pick<Rig, "tenant">): string {
  const oid = crypto.randomUUID();
  const username = `${oid}@contoso.com`;
  tenant.users.push({ oid, username, name: "New User", givenName: "New", surname: "User" });
  return username;
}

/** Whether the table holds tokens of that user. */
export async function holdsTokens(rig: Rig, username = ADELE): Promise<boolean> {
  const partition = accountPartition(homeAccountIdOf(rig, username) as HomeAccountId);
  const rows = await readAccountRows(rig.azurite);
  return rows.some(({ partitionKey }) => partitionKey === partition);
}

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

/** Where the one button of a page leads, such as the one that says that a sign-out was faster. */
export function buttonOf(held: Page | undefined): string {
  const [, href = ""] = /<a class="button" href="([^"]+)">Sign in</.exec(held?.body ?? "") ?? [];
  return unescaped(href);
}

/** Goes on from there. */
export async function signInAgain(browser: Browser, held: Page, username = ADELE): Promise<Page> {
  return browser.submit(await browser.signIn(buttonOf(held), username));
}

/** What `/auth/session` says to this browser. */
export async function sessionOf({ url }: Pick<Rig, "url">, browser: Browser) {
  const { body } = await browser.get(`${url}/auth/session`);
  return JSON.parse(body) as {
    signedIn: boolean;
    account?: { homeAccountId: string; username: string };
  };
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

/** The provider's id of the session that this browser has there as that user. */
export function sidOf({ tenant }: Pick<Rig, "tenant">, browser: Browser, username = ADELE): string {
  const id = browser.cookies.get(tenant.url, "ESTSAUTH");
  const session = tenant.sessions.find((session) => session.id === id);
  const sid = session?.signIns.find(({ user }) => user.username === username)?.sid;
  if (!sid) throw new Error(`${username} is not signed in to the tenant with this browser.`);
  return sid;
}

/** The session cookie, as a `Cookie` header: a copy works for as long as the session does. */
export function sessionCookieOf({ url }: Pick<Rig, "url">, browser: Browser): string {
  return `__Host-lightsout=${browser.cookies.get(url, "__Host-lightsout")}`;
}

/** What a browser's session cookie says to who has the app's keys. */
export function ticketOf(rig: Pick<Rig, "url">, browser: Browser, keyring: Keyring): SessionTicket {
  const cookie = sessionCookieOf(rig, browser);
  const ticket = readSessionCookie(keyring, {
    headers: new Headers({ cookie }),
  } as unknown as HttpRequest);
  if (!ticket) throw new Error("Nobody is signed in.");
  return ticket;
}

/** Whether a session cookie works. */
export async function isSignedIn({ url }: Pick<Rig, "url">, cookie: string): Promise<boolean> {
  const answer = await fetch(`${url}/auth/session`, { headers: { cookie } });
  return ((await answer.json()) as { signedIn: boolean }).signedIn;
}

/** What the tenant does for a user who signs out of another app. */
export function callFrontChannel({ url }: Pick<Rig, "url">, sid: string): Promise<Response> {
  return fetch(`${url}/auth/logout-callback?sid=${sid}`);
}

/** What an operator asks about an account, or does to it. */
export function asOperator(
  rig: Pick<Rig, "url" | "host" | "tenant">,
  method: "GET" | "DELETE" = "GET",
  username = ADELE,
): Promise<Response> {
  const headers = { "x-functions-key": rig.host.keys.default };
  return fetch(`${rig.url}/accounts/${homeAccountIdOf(rig, username)}`, { method, headers });
}

/** Signs out as a person does, who is asked first. */
export async function signOutIn(
  { url }: Pick<Rig, "url">,
  browser: Browser,
  follow = false,
): Promise<Page> {
  const question = await browser.get(`${url}/auth/signout`);
  return browser.submit(question.forms[0], { follow });
}

/** Signs the user out at the provider's own page. @returns that page, with this app's frames alone */
export async function signOutAtProvider(
  { url, tenant }: Pick<Rig, "url" | "tenant">,
  browser: Browser,
  name = "Adele",
  tenantName = tenant.tenantId,
): Promise<Page> {
  const picker = await browser.get(`${tenant.url}/${tenantName}/oauth2/v2.0/logout`);
  const page = await browser.submit(picker.forms[0], { press: name });
  return { ...page, frames: page.frames.filter((frame) => frame.startsWith(url)) };
}

/** Signs out as the app's own form does, with a copy of the cookie: the browser keeps its own. */
export function signOutByCookie({ url }: Pick<Rig, "url">, cookie: string): Promise<Response> {
  const headers = { cookie, "sec-fetch-site": "same-origin" };
  return fetch(`${url}/auth/signout`, { method: "POST", headers, redirect: "manual" });
}

/** What the browser sends along when somebody opens the app, or when the provider's page posts to it. */
export function cookiesOf({ url }: Pick<Rig, "url">, browser: Browser, isPosted = false): string {
  return browser.cookies.header(new URL(url), { crossSite: isPosted, safeNavigation: !isPosted });
}

export function oidOf(rig: Pick<Rig, "tenant">, username = ADELE): string {
  return homeAccountIdOf(rig, username).replace(/\..*/, "");
}
