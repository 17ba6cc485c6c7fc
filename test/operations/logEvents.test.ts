import { Readable } from "node:stream";
import { beforeAll, expect, it } from "@jest/globals";
import type { JWTPayload } from "jose";
import type { LogLine } from "../../local/host/host.ts";
import { startRig } from "../../local/rig.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import { packageContents } from "../../scripts/package/contents.ts";
import { authDevice } from "../../src/functions/authDevice.ts";
import { authSession } from "../../src/functions/authSession.ts";
import { passBack } from "../../src/shared/apis/passBack.ts";
import { oncePerMinute } from "../../src/shared/base/damped.ts";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import type { Log } from "../../src/shared/base/log.ts";
import { revokeAtMicrosoft } from "../../src/shared/flows/revokeAtMicrosoft.ts";
import type { Delivery } from "../../src/shared/http/delivery.ts";
import {
  accountPartition,
  type HomeAccountId,
  type Sid,
  sessionKey,
  sidPartition,
  subjectPartition,
} from "../../src/shared/rows/keys.ts";
import { challengeFor } from "../../src/shared/session/deviceProof.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { readSession, type SessionRead } from "../../src/shared/store/accounts.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { sealContent } from "../../src/shared/store/segments.ts";
import { createSignOuts } from "../../src/shared/store/stubbornSignOuts.ts";
import type { Entity, Stored } from "../../src/shared/table/table.ts";
import { TableFault } from "../../src/shared/table/tableFault.ts";
import { loggedEvents, readText, root } from "../infra/project.ts";
import { refOf, signIn, type TestApp, testApp } from "../support/app.ts";
import { azuriteStore } from "../support/azuriteStore.ts";
import { newDeviceKey } from "../support/deviceKey.ts";
import { eventually } from "../support/eventually.ts";
import { newFolder } from "../support/folder.ts";
import { claimsChallenge } from "../support/graph.ts";
import { signLogoutToken } from "../support/logoutToken.ts";
import { memoryTable } from "../support/memoryTable.ts";
import { request } from "../support/request.ts";
import { shared } from "../support/shared.ts";
import { openTable, readAccountRows } from "../support/table.ts";
import { startTableProxy } from "../support/tableProxy.ts";
import {
  ADELE,
  ALEX,
  asOperator,
  callFrontChannel,
  homeAccountIdOf,
  oidOf,
  sessionCookieOf,
  sidOf,
  signedInBrowser,
  ticketOf,
} from "../support/user.ts";
import { virtualTime } from "../support/virtualTime.ts";

/** What docs/operations.md says of an event. */
interface Documented {
  readonly level: string;
  readonly fields: readonly string[];
}

const documented = new Map<string, Documented>(
  [...readText("docs/operations.md").matchAll(/^\| `([a-z_.]+)` \| (\w+) \|(.*?)\| /gm)].map(
    ([, event = "", level = "", fields = ""]) => [
      event,
      { level, fields: [...fields.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name) },
    ],
  ),
);

const LEVELS: Readonly<Record<string, string>> = { information: "info", warning: "warn" };

interface Logged {
  readonly event: string;
  readonly level: string;
  readonly details: Record<string, unknown>;
}

const rig = shared(() => startRig({ onLog }));
const proxy = shared(() => startTableProxy(rig.azurite));
let subject: string;
let browser: Browser;
const logged: Logged[] = [];

beforeAll(() => {
  rig.tenant.switches.backchannelLogout = true;
  rig.tenant.switches.idTokenOverrides = rememberSubject;
});

function rememberSubject(claims: JWTPayload) {
  subject = claims.sub ?? "";
  return { claims };
}

function onLog({ level, message }: LogLine): void {
  if (!message.startsWith('{"event":')) return;
  const { event, ...details } = JSON.parse(message) as { event: string };
  logged.push({ event, level: LEVELS[level] ?? level, details });
}

/** What an app in this process logs. */
const log: Log = (level, event, details = {}) => void logged.push({ level, event, details });

const seen = new Set<string>();

/**
 * Does something, and waits for what the log says of it.
 * @param said All the details.
 * @param shownAs As what the host files it, where that is not its level: before the first invocation there is only stderr.
 */
async function logs(
  event: string,
  cause: () => Promise<unknown>,
  said: unknown = expect.anything(),
  shownAs?: string,
): Promise<Logged["details"]> {
  const before = logged.length;
  await cause();
  const find = () => logged.slice(before).find((one) => one.event === event);
  await eventually(() => find() !== undefined);
  const { level, details } = find() as Logged;
  const expected = documented.get(event);
  expect({ event, level, fields: Object.keys(details) }).toEqual({
    event,
    ...expected,
    ...(shownAs && { level: shownAs }),
  });
  expect(details).toEqual(said);
  seen.add(event);
  return details;
}

const account = (username = ADELE) =>
  accountPartition(homeAccountIdOf(rig, username) as HomeAccountId);
const get = (path: string) => browser.fetch(rig.url + path);
const milliseconds = expect.any(Number);

it("sign-in, without the claim sid and with it", async () => {
  rig.tenant.switches.omitSid = true;
  const missing = await logs("signin.sid_claim_missing", () => signedInBrowser(rig, ALEX));
  expect(missing.fix).toContain("optional claim sid");
  rig.tenant.switches.omitSid = false;
  const signIn = async () => {
    browser = await signedInBrowser(rig);
  };
  await logs("signin.done", signIn, { account: account(), sidClaim: true });
});

it("claims that a sign-in lacks", async () => {
  rig.tenant.switches.idTokenOverrides = (claims) => ({ claims: { ...claims, hasgroups: true } });
  const missing = await logs("signin.claims_missing", () => signedInBrowser(rig, ALEX));
  expect(missing).toMatchObject({ reason: "groups_overage", fix: expect.stringMatching(/roles/) });
  rig.tenant.switches.idTokenOverrides = rememberSubject;
});

it("a session that its browser binds to its device, or does not, and what is no proof of it", async () => {
  let now = Date.now();
  const one = testApp({ ...rig.env, SESSION_BINDING: "optional" }, { now: () => now, log });
  const overHttps = { APP_BASE_URL: "https://app.example.com", SESSION_BINDING: "required" };
  const strict = testApp({ ...rig.env, ...overHttps }, { now: () => now, log, table: one.table });
  const ask = async ({ app }: TestApp) => authSession(app).handler(request("/", { cookies }), {});
  const cookies = { [SESSION_COOKIE]: await signIn(one) };
  const { keyring } = one.app;
  const { sessionId } = refOf(one, cookies[SESSION_COOKIE]);
  const register = async (challenge: string) => {
    const key = await newDeviceKey();
    const headers = { "secure-session-response": await key.register(challenge) };
    return authDevice(one.app).handler(request("/", { method: "POST", headers, cookies }), {});
  };
  const said = { account: account() };
  await logs("proof.refused", () => register("made-up"), { ...said, purpose: "register" });
  now += 2 * 60_000;
  await logs("session.unbound", () => ask(strict), said);
  const challenge = challengeFor(keyring, "register", sessionKey(sessionId), now);
  await logs("session.bound", () => register(challenge), said);
  now += 61_000;
  await logs("binding.refused", () => ask(one), said);
  now -= 61_000;
  await logs("binding.contested", () => register(challenge), said);
});

it("a session that the provider does not confirm", async () => {
  browser = await signedInBrowser(rig);
  const host = await rig.startHost({ env: { REVALIDATE_MINUTES: "0.001" } });
  const cookie = sessionCookieOf(rig, browser);
  rig.tenant.switches.tokenFault = { status: 503 };
  const ask = () => fetch(`${host.url}/auth/session`, { headers: { cookie } });
  await logs("session.unconfirmed", ask, { reason: "ERR_PROVIDER_UNAVAILABLE", count: 1 });
  rig.tenant.switches.tokenFault = undefined;
});

it("a session whose tenant is not let in any more", async () => {
  const one = testApp(rig.env, { log });
  const cookies = { [SESSION_COOKIE]: await signIn(one) };
  const changed = { ...rig.env, ENTRA_TENANT_ID: "f4b6c1a0-5d3e-4e0b-9a55-0c2f7d9b8e31" };
  const { app } = testApp(changed, { log, table: one.table });
  const ask = async () => authSession(app).handler(request("/", { cookies }), {});
  await logs("session.refused", ask, { reason: "tenant_not_allowed", count: 1 });
});

it("a session that was not used for too long", async () => {
  const one = testApp({ ...rig.env, SESSION_IDLE_MINUTES: "30" }, { log });
  const cookies = { [SESSION_COOKIE]: await signIn(one) };
  one.advance(2 * 3_600_000);
  const ask = async () => authSession(one.app).handler(request("/", { cookies }), {});
  await logs("session.idle", ask, { account: account() });
});

it("a session that gives way to somebody else's", async () => {
  const shared = await signedInBrowser(rig, ALEX);
  const signIn = `${rig.url}/auth/signin?prompt=select_account`;
  const replace = async () => shared.submit(await shared.signIn(signIn, ADELE));
  await logs("session.replaced", replace, { account: account(ALEX) });
});

it("a session that its user ends", async () => {
  const page = await browser.get(`${rig.url}/auth/sessions`);
  const other = await signedInBrowser(rig, ADELE);
  const button = (await other.get(`${rig.url}/auth/sessions`)).forms.find(
    ({ fields }) =>
      fields.session && !page.forms.some((form) => form.fields.session === fields.session),
  );
  const end = () => browser.submit(button, { press: "End" });
  await logs("session.ended", end, { account: account(), found: true, ms: milliseconds });
});

it("refused callbacks", async () => {
  const body = new URLSearchParams({ code: "made-up", state: "made-up" });
  const post = () => fetch(`${rig.url}/auth/callback`, { method: "POST", body });
  await logs("signin.refused", post, { reason: "state_unknown" });
});

it("a sign-in that a sign-out overtakes", async () => {
  const form = await browser.signIn(`${rig.url}/auth/signin?prompt=login`, ALEX);
  const release = rig.tenant.holdTokenEndpoint();
  const redeemed = () => rig.tenant.requests.filter(({ endpoint }) => endpoint === "token").length;
  const before = redeemed();
  await logs("signin.overtaken", async () => {
    const answer = browser.submit(form);
    await eventually(() => redeemed() > before);
    await callFrontChannel(rig, sidOf(rig, browser, ALEX));
    release();
    expect((await answer).status).toBe(409);
  });
});

it("refresh", async () => {
  browser = await signedInBrowser(rig);
  await logs("token.refreshed", () => get("/graph/me/messages"), {
    account: account(),
    ms: milliseconds,
  });
  const alex = await signedInBrowser(rig, ALEX);
  rig.tenant.forceClaimsChallenge(oidOf(rig, ALEX));
  const ask = () => alex.fetch(`${rig.url}/graph/me/calendarView`);
  await logs("token.interaction_required", ask, { account: account(ALEX) });
});

it("a sign-in for what a challenge asks, in vain", async () => {
  browser = await signedInBrowser(rig);
  const refuse = () => {
    const challenge = claimsChallenge(JSON.stringify({ access_token: { a: { value: "1" } } }));
    rig.graph.faults.next.push(challenge, challenge);
    return get("/graph/me");
  };
  const { signInUrl } = JSON.parse((await refuse()).body);
  await browser.submit(await browser.signIn(signInUrl, ADELE));
  await logs("signin.in_vain", refuse, { account: account() });
});

it("what the token endpoint refuses, and what of its answers is not believed", async () => {
  browser = await signedInBrowser(rig);
  const ask = () => get("/graph/me/calendarView");
  const correlationId = expect.stringMatching(/^[0-9a-f-]{36}$/);
  const refusal = { grant: "refresh_token", code: "AADSTS500011", correlationId };
  rig.tenant.switches.tokenFault = { number: 500011 };
  await logs("token.refused", ask, { ...refusal, verdict: "app", account: account() });
  const { fix, ...details } = await logs("app.refused", ask);
  expect(details).toEqual(refusal);
  expect(fix).toMatch(/scopes/);
  rig.tenant.switches.tokenFault = undefined;

  rig.tenant.switches.tokenAnswerOverrides = (answer) => ({ ...answer, id_token: "not ours" });
  await logs("token.rejected", ask, { account: account(), reason: "id_token_jws_invalid" });
  rig.tenant.switches.tokenAnswerOverrides = undefined;
});

it("each kind of sign-out, and who started it", async () => {
  browser = await signedInBrowser(rig);
  const gone = { account: account(), found: true, ms: milliseconds };
  const page = await get("/auth/signout");
  await logs("signout.here", () => browser.submit(page.forms[0], { follow: false }), gone);

  browser = await signedInBrowser(rig);
  const sid = sidOf(rig, browser);
  await logs("signout.elsewhere", () => callFrontChannel(rig, sid), {
    sid: sidPartition(sid as Sid),
    ...gone,
  });

  browser = await signedInBrowser(rig);
  await logs("signout.subject", postLogoutToken, { subject: subjectPartition(subject), ...gone });

  // This one has seen that sign-out; another one might have started before it.
  browser = await signedInBrowser(rig, undefined, browser);
  await logs("signout.operator", () => asOperator(rig, "DELETE"), gone);

  browser = await signedInBrowser(rig, undefined, browser);
  rig.tenant.revoke(oidOf(rig));
  await logs("signout.revoked", () => get("/graph/me/messages"), {
    account: account(),
    ms: milliseconds,
  });
});

it("what came of asking Microsoft to end all sessions", async () => {
  let status = 204;
  const open = async () => ({ status, headers: {}, body: Readable.from([]) });
  const { app } = testApp({}, { open, log });
  const user = { homeAccountId: "oid.tid", tenantId: "tid" };
  const opened = { session: user, content: { findAccessToken: () => "token" } };
  const ask = () =>
    revokeAtMicrosoft(app, { partition: account() }, opened as unknown as SessionRead);
  await logs("signout.provider", ask, { account: account(), ms: milliseconds });
  status = 403;
  await logs("signout.provider_failed", ask, {
    account: account(),
    outcome: "unconfirmed",
    error: "ApiUnavailable/ERR_API_UNAVAILABLE",
  });
});

it("a sid that is not known leads to no account", async () => {
  const sid = sidPartition("made-up" as Sid);
  const find = () => logged.find(({ details }) => details.sid === sid);
  await callFrontChannel(rig, "made-up");
  await eventually(() => find() !== undefined);
  expect(find()?.details).toEqual({ sid, found: false, ms: milliseconds });
});

it("front-channel calls that name nobody", async () => {
  const call = () => fetch(`${rig.url}/auth/logout-callback`);
  await logs("signout.ignored", call, { reason: "no_sid", count: 1 });
});

it("sealed caches that are cut, and that cannot be unsealed", async () => {
  browser = await signedInBrowser(rig, undefined, browser);
  const store = azuriteStore(rig.azurite, { keys: rig.env.TOKEN_CACHE_KEYS ?? "" });
  const held = ticketOf(rig, browser, store.keyring);
  const { content } = (await readSession(store, held)) as SessionRead;
  const seal = async () => sealContent({ ...store, log }, held, content, 0);
  await logs("cache.cut", seal, { account: account(), dropped: 1 });

  const [row] = (await rowsOfAdele()) as [Stored<Entity>];
  const { partitionKey, rowKey } = row;
  const change = (fields: Record<string, unknown>) =>
    openTable(rig.azurite).updateEntity({ partitionKey, rowKey, ...fields }, "Merge");
  await change({ d0: Buffer.alloc(100) });
  await logs("cache.unreadable", () => get("/auth/session"), { account: account() });
  await change({ keyId: "lost" });
  await logs("cache.key_missing", () => get("/auth/session"), {
    reason: expect.stringMatching(/^lost [\w-]{8}$/),
    count: 1,
  });
  await openTable(rig.azurite).deleteEntity(partitionKey, rowKey);
});

it("what leads to a session, written by somebody else, and by the release before", async () => {
  browser = await signedInBrowser(rig, undefined, browser);
  const sid = sidOf(rig, browser);
  const row = { partitionKey: sidPartition(sid as Sid), rowKey: "sid" };
  await openTable(rig.azurite).updateEntity({ ...row, signedOut: true }, "Merge");
  const call = async () => expect((await callFrontChannel(rig, sid)).status).toBe(503);
  await logs("index.forged", call, { index: row.partitionKey });
  expect(await rowsOfAdele()).toEqual([]);

  const { keyId, mac, etag, timestamp, ...before } = await openTable(rig.azurite).getEntity(
    row.partitionKey,
    row.rowKey,
  );
  await openTable(rig.azurite).updateEntity({ ...before, ...row }, "Replace");
  const again = async () => expect((await callFrontChannel(rig, sid)).status).toBe(200);
  await logs("index.unsigned", again, { index: row.partitionKey });
});

it("purge runs", async () => {
  const run = () => rig.host.runTimer("authPurgeExpired");
  const { expired, kept, ms } = await logs("purge.done", run);
  expect([expired, kept, ms]).toEqual([milliseconds, milliseconds, milliseconds]);

  const row = { partitionKey: "x.2020-01-01", rowKey: "row" };
  await openTable(rig.azurite).createEntity(row);
  await logs("purge.malformed", run, { day: row.partitionKey, row: row.rowKey });

  // An account that storage does not take a request for: its key is longer than an address may be.
  const entry = { partition: `a.${"x".repeat(20_000)}`, generation: "g", sids: "" };
  await openTable(rig.azurite).updateEntity({ ...row, ...entry }, "Merge");
  expect(await logs("purge.unfinished", run)).toMatchObject({ failed: 1, malformed: 0 });
  await openTable(rig.azurite).deleteEntity(row.partitionKey, row.rowKey);
});

it("storage faults, and requests that fail of them", async () => {
  browser = await signedInBrowser(rig, undefined, browser);
  const host = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: proxy.connectionString } });
  const cookie = sessionCookieOf(rig, browser);
  const ask = () => fetch(`${host.url}/auth/session`, { headers: { cookie } });
  // What opens the connection.
  await eventually(() => proxy.take().includes("GET"));
  proxy.down = true;
  const said = {
    code: expect.stringMatching(/^ECONN\w+$/),
    operation: "get",
    table: "lightsout",
    host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    fix: expect.stringContaining("does not answer"),
  };
  await logs("storage.retry", ask, said);
  const health = () => fetch(`${host.url}/health`);
  await logs("health.failed", health, { error: expect.any(String), ...said });
  const { error, message, ...fault } = await logs("request.failed", ask);
  expect(fault).toEqual(said);
  expect(error).toMatch(/^StoreUnavailable\/ERR_STORE_UNAVAILABLE < .+ < Error\/ECONN\w+$/);
  expect(message).toMatch(/^Table Storage does not answer/);
});

it("a setting that is wrong, and one that looks wrong", async () => {
  const hostWith = async (env: Record<string, string>) => (await rig.startHost({ env })).stop();
  const id = { ENTRA_CLIENT_SECRET: "8d5c2a1e-7b4f-4c7d-9e36-5f0a1b2c3d4e" };
  const doubtful = await logs("setting.doubtful", () => hostWith(id), undefined, "error");
  expect(doubtful.reason).toMatch(/^ENTRA_CLIENT_SECRET is a GUID/);
  const invalid = await logs("setting.invalid", () => hostWith({ SESSION_HOURS: "a day" }));
  expect(invalid.reason).toMatch(/^SESSION_HOURS has to be/);
});

it("a package that holds nothing compiled by this Node", async () => {
  const { path, stop } = await newFolder(packageContents(root));
  const start = async () => (await rig.startHost({ root: path })).stop();
  await logs("start.uncompiled", start, { node: process.version }, "error");
  await stop();
});

it("sign-outs that are delayed, given up, and open when the process ends", async () => {
  browser = await signedInBrowser(rig, undefined, browser);
  const sid = sidOf(rig, browser);
  const host = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: proxy.connectionString } });
  proxy.down = true;
  const signOut = () =>
    fetch(`${host.url}/auth/signout`, {
      method: "POST",
      headers: { cookie: sessionCookieOf(rig, browser), "sec-fetch-site": "same-origin" },
    });
  const said = {
    error: expect.stringMatching(/^StoreUnavailable\/.+ < Error\/ECONN\w+$/),
    code: expect.stringMatching(/^ECONN\w+$/),
    operation: "delete",
    table: "lightsout",
    host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    fix: expect.any(String),
  };
  const outcomes: Promise<unknown>[] = [];
  const delayed = async () => outcomes.push(logs("signout.given_up", signOut));
  await logs("signout.delayed", delayed, { delayed: 1, ...said });
  expect(await outcomes[0]).toEqual({ who: account(), reason: "late", ...said });

  const call = fetch(`${host.url}/auth/logout-callback?sid=${sid}`).catch(() => undefined);
  const retries = () => logged.filter(({ event }) => event === "storage.retry").length;
  const before = retries();
  await eventually(() => retries() > before);
  await logs("signout.unfinished", () => host.stop(), { who: sidPartition(sid as Sid) });
  await call;
});

it("a sid that nobody knows, whose tombstone is given up", async () => {
  const time = virtualTime();
  const said = {
    code: "ServerBusy",
    status: 503,
    operation: "insert",
    requestId: undefined,
  } as const;
  const cause = new TableFault({ ...said, table: "lightsout", host: "a", fix: "Wait." });
  const store = {
    ...azuriteStore(rig.azurite),
    table: { ...memoryTable(), insert: () => Promise.reject(new StoreUnavailable("", { cause })) },
    now: time.now,
    sleep: time.sleep,
    log,
  };
  const giveUp = async () => {
    createSignOuts(store, time.sleep, time.now)
      .byFrontChannel("made up" as Sid)
      .catch(() => {});
    await time.pass(101_000);
  };
  expect(await logs("signout.no_tombstone", giveUp)).toMatchObject({
    who: sidPartition("made up" as Sid),
    reason: "late",
    code: "ServerBusy",
  });
});

it("streams that break off, and one that cannot be", async () => {
  const context = { log, dampedLog: oncePerMinute(log, Date.now) };
  const headers = { "content-type": "text/event-stream" };
  const api = { route: "orders", baseUrl: "https://orders.example", paging: undefined };
  const account = { homeAccountId: "oid.tid", tenantId: "tid" };
  const answer = (delivery?: Delivery) => {
    const { keyring } = azuriteStore(rig.azurite);
    const links = { baseUrl: "https://app.example", api, keyring, account };
    const body = new Readable({ read: (): void => void body.destroy(new Error("reset")) });
    const ended = new AbortController();
    const waiting = <T>(part: Promise<T>) => part;
    const call = { url: api.baseUrl, scopes: [], links, waiting, delivery, ended };
    return passBack(context, { status: 200, headers, body }, call);
  };
  await logs("api.stream_refused", () => answer().catch(() => {}));
  const delivery: Delivery = {
    begin: () => {},
    ready: async () => {},
    gone: new AbortController().signal,
    breakOff: () => {},
  };
  const read = async () => {
    const { body } = await answer(delivery);
    for await (const _ of body as AsyncIterable<Uint8Array>);
  };
  await logs("api.broken_off", read, { reason: "failed", api: "orders" });
});

it("a purge that takes long", async () => {
  const store = azuriteStore(rig.azurite);
  const [row, started] = [{ partitionKey: "x.2020-01-02", rowKey: "row" }, Date.now()];
  await openTable(rig.azurite).createEntity(row);
  let reads = 0;
  const slow = { ...store, now: () => started + 5_000 * reads++, log };
  await logs("purge.progress", () => purge(slow, 1));
  await openTable(rig.azurite).deleteEntity(row.partitionKey, row.rowKey);
});

it("all of this is what the sources log and what docs/operations.md lists", () => {
  expect([...documented.keys()].sort()).toEqual([...loggedEvents()].sort());
  expect([...seen].sort()).toEqual([...documented.keys()].sort());
});

async function postLogoutToken() {
  const token = await signLogoutToken(rig, { sub: subject });
  const body = new URLSearchParams({ logout_token: token });
  const answer = await fetch(`${rig.url}/auth/backchannel-logout`, { method: "POST", body });
  expect(answer.status).toBe(200);
}

async function rowsOfAdele(): Promise<Stored<Entity>[]> {
  const rows = (await readAccountRows(rig.azurite)) as unknown as Stored<Entity>[];
  return rows.filter(({ partitionKey }) => partitionKey === account());
}
