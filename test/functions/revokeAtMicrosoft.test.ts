import { Readable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { compose, createEnvironment } from "../../src/compose.ts";
import { authSignOut } from "../../src/functions/authSignOut.ts";
import { AT_ROOT } from "../../src/shared/config/address.ts";
import { revokeAtMicrosoft } from "../../src/shared/flows/revokeAtMicrosoft.ts";
import type { PartitionKey } from "../../src/shared/rows/keys.ts";
import { REVOCATION_COOKIE, readRevocation } from "../../src/shared/session/revocationCookie.ts";
import { SESSION_COOKIE, sessionCookie } from "../../src/shared/session/sessionCookie.ts";
import type { SessionRead } from "../../src/shared/store/accounts.ts";
import { testApp } from "../support/app.ts";
import { post, request } from "../support/request.ts";
import { env } from "../support/settings.ts";

const ticket = { partition: "a.hash" as PartitionKey };

/** What an earlier read has left in memory. @param token The one at hand, if there is one. */
const opened = (token?: string) =>
  ({
    session: { homeAccountId: "oid.tid", tenantId: "tid", identity: {} },
    content: { cache: {}, findAccessToken: () => token },
  }) as unknown as SessionRead;

describe("Microsoft, that takes too long", () => {
  it("to answer, is given up: the call is broken off", async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { app, logged } = testApp(
      {},
      {
        open: (_, { signal }) => {
          signals.push(signal);
          return new Promise(() => {});
        },
      },
    );
    const store = { ...app.store, sleep: () => new Promise<void>(setImmediate) };
    expect(await revokeAtMicrosoft({ ...app, store }, ticket, opened("token"))).toBe("unconfirmed");
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    expect(logged).toEqual([
      [
        "warn",
        "signout.provider_failed",
        { account: "a.hash", outcome: "unconfirmed", error: "TimeoutError" },
      ],
    ]);
  });

  it("to give a token, is not asked, also when the token comes later", async () => {
    let calls = 0;
    const { app } = testApp(
      {},
      {
        open: async () => {
          calls++;
          return { status: 204, headers: {}, body: Readable.from([]) };
        },
      },
    );
    const { promise, resolve } = Promise.withResolvers<never>();
    const tokens = { ...app.tokens, refresh: () => promise };
    const store = { ...app.store, sleep: async () => {} };
    expect(await revokeAtMicrosoft({ ...app, store, tokens }, ticket, opened())).toBe("notAsked");
    resolve({ accessToken: "late" } as never);
    await new Promise(setImmediate);
    expect(calls).toBe(0);
  });
});

it("a wrong setting does not hold the sign-out back", async () => {
  const send = () => Promise.reject(new Error("Nobody is there."));
  const { app, table } = testApp({}, { send });
  const environment = createEnvironment({ log: () => {} });
  const wrong = env({ ENTRA_CLIENT_ID: "none" });
  const { context } = compose(wrong, environment, { wishes: {}, place: AT_ROOT });
  const { handler } = authSignOut(app, context);
  const held = { ...ticket, generation: "g", sessionId: "s", share: "share" } as never;
  const { value } = sessionCookie(app.keyring, held, 60_000);
  const answer = await handler(
    post({ revokeSignInSessions: "true" }, { cookies: { [SESSION_COOKIE]: value } }),
    undefined,
  );
  expect(answer.status).toBe(303);
  expect(table.operations).toEqual(["remove a.hash|c.g"]);
  const shown = answer.cookies?.find(({ name }) => name === REVOCATION_COOKIE)?.value ?? "";
  const next = request("/auth/signed-out", { cookies: { [REVOCATION_COOKIE]: shown } });
  expect(readRevocation(app.keyring, next)).toBe("notAsked");
});
