import { Readable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { compose, createEnvironment } from "../../src/compose.ts";
import { authSignOut } from "../../src/functions/authSignOut.ts";
import { functionsOf } from "../../src/functions.ts";
import { AT_ROOT } from "../../src/shared/config/address.ts";
import type { Env } from "../../src/shared/config/env.ts";
import type { Context } from "../../src/shared/context.ts";
import { revokeAtMicrosoft } from "../../src/shared/flows/revokeAtMicrosoft.ts";
import type { PartitionKey } from "../../src/shared/rows/keys.ts";
import { REVOCATION_COOKIE, readRevocation } from "../../src/shared/session/revocationCookie.ts";
import { SESSION_COOKIE, sessionCookie } from "../../src/shared/session/sessionCookie.ts";
import type { SessionRead } from "../../src/shared/store/accounts.ts";
import { bindSession } from "../../src/shared/store/bindSession.ts";
import { REVOKE_FIELD } from "../../src/shared/web/pages/signOutForm.ts";
import { envOf, refOf, signIn, type TestApp, testApp } from "../support/app.ts";
import { post, request } from "../support/request.ts";
import { env } from "../support/settings.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const ticket = { partition: "a.hash" as PartitionKey };
const INVOCATION = { invocationId: "1" };
const HELD = { ...ticket, generation: "g", sessionId: "s", share: "share" } as never;

/** What an earlier read has left in memory. @param token The one at hand, if there is one. */
const opened = (token?: string) =>
  ({
    session: { homeAccountId: "oid.tid", tenantId: "tid", identity: {} },
    content: { cache: {}, findAccessToken: () => token },
  }) as unknown as SessionRead;

/** Microsoft, which counts how often it is asked. */
function microsoft() {
  const asked = { times: 0 };
  const open = async () => {
    asked.times++;
    return { status: 204, headers: {}, body: Readable.from([]) };
  };
  return { asked, open };
}

const nobody = () => Promise.reject(new Error("Nobody is there."));
/** The post of the button that asks Microsoft too. */
const pressed = (session: string) =>
  post({ [REVOKE_FIELD]: "true" }, { cookies: { [SESSION_COOKIE]: session } });

describe("Microsoft, that takes too long", () => {
  it("to answer, is given up: the call is broken off", async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const open: Context["open"] = (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const { app, logged } = testApp({}, { open });
    const sleep = () => new Promise<void>(setImmediate);
    expect(await revokeAtMicrosoft({ ...app, sleep }, ticket, opened("token"))).toBe("unconfirmed");
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    const details = { account: "a.hash", outcome: "unconfirmed", error: "TimeoutError" };
    expect(logged).toEqual([["warn", "signout.provider_failed", details]]);
  });

  it("to give a token, is not asked, also when the token comes later", async () => {
    const { asked, open } = microsoft();
    const { app } = testApp({}, { open });
    const { promise, resolve } = Promise.withResolvers<never>();
    const tokens = { ...app.tokens, refresh: () => promise };
    const sleep = async () => {};
    expect(await revokeAtMicrosoft({ ...app, sleep, tokens }, ticket, opened())).toBe("notAsked");
    resolve({ accessToken: "late" } as never);
    await new Promise(setImmediate);
    expect(asked.times).toBe(0);
  });
});

describe("Microsoft is not asked with the tokens of a session that", () => {
  const tenant = sharedTenant();
  const MINUTES = 60_000;
  const KEY = { x: "x", y: "y" };
  it.each<[string, Env, (one: TestApp, cookie: string) => unknown, number]>([
    ["is idle", { SESSION_IDLE_MINUTES: "10" }, ({ advance }) => advance(11 * MINUTES), 303],
    [
      "is bound to another device",
      { SESSION_BINDING: "optional" },
      async (one, cookie) => {
        await bindSession(one.app.store, refOf(one, cookie), KEY, 0);
        one.advance(2 * MINUTES);
      },
      303,
    ],
    ["storage does not delete", {}, ({ table }) => Object.assign(table, { down: true }), 503],
  ])("%s", async (_, env, spoil, status) => {
    const { asked, open } = microsoft();
    let elapsed = 0;
    const one = testApp({ ...envOf(tenant), ...env }, { elapsed: () => (elapsed += 1_000) });
    const cookie = await signIn(one);
    await spoil(one, cookie);
    const { handler } = authSignOut(one.app, { ...one.app, open });
    const answer = await handler(pressed(cookie), undefined);
    expect([answer.status, asked.times]).toEqual([status, 0]);
  });
});

it("an app that does not choose it offers it nowhere, and asks nobody", async () => {
  const { app } = testApp({}, { send: nobody });
  const functions = functionsOf({ context: app, signingOut: app }, {});
  const signOut = functions.find(({ name }) => name === "authSignOut");
  const page = await signOut?.handler(request("/auth/signout"), INVOCATION);
  expect(page?.body).not.toContain(REVOKE_FIELD);
  const { value } = sessionCookie(app.keyring, HELD, 60_000);
  const answer = await signOut?.handler(pressed(value), INVOCATION);
  expect(answer?.status).toBe(303);
  expect(answer?.cookies?.map(({ name }) => name)).not.toContain(REVOCATION_COOKIE);
});

it.each<[string, (app: Context) => Context]>([
  [
    "a wrong setting",
    () =>
      compose(env({ ENTRA_CLIENT_ID: "none" }), createEnvironment({}), {
        wishes: {},
        place: AT_ROOT,
      }).context,
  ],
  [
    "storage that answers no read",
    (app) => {
      const table = { ...app.store.table, get: () => new Promise<never>(() => {}) };
      return { ...app, store: { ...app.store, table }, sleep: () => new Promise(setImmediate) };
    },
  ],
])("%s does not hold the sign-out back", async (_, revoking) => {
  const { app, table } = testApp({}, { send: nobody });
  const { handler } = authSignOut(app, revoking(app));
  const { value } = sessionCookie(app.keyring, HELD, 60_000);
  const answer = await handler(pressed(value), undefined);
  expect(answer.status).toBe(303);
  expect(table.operations).toEqual(["remove a.hash|c.g"]);
  const shown = answer.cookies?.find(({ name }) => name === REVOCATION_COOKIE)?.value ?? "";
  const next = request("/auth/signed-out", { cookies: { [REVOCATION_COOKIE]: shown } });
  expect(readRevocation(app.keyring, next)).toBe("notAsked");
});
