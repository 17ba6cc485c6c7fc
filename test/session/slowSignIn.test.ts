import { describe, expect, it } from "@jest/globals";
import { createBrowser } from "../../local/tenant/browserless.ts";
import { finishSignIn } from "../../src/shared/flows/finishSignIn.ts";
import { startSignIn } from "../../src/shared/flows/startSignIn.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { ADELE, envOf, openSession, refOf, testApp, tokenRequests } from "../support/app.ts";
import { post, request } from "../support/request.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const MINUTE = 60_000;

/** Somebody looks for the password, the phone, the second factor. Milliseconds. */
let ahead = 0;
const tenant = sharedTenant({ now: () => Date.now() + ahead });

/** @returns the new session's cookie, if there is one. */
async function signInWithin(minutes: number, from: "the page" | "the answer") {
  ahead = 0;
  const one = testApp(envOf(tenant));
  const wait = () => {
    ahead = minutes * MINUTE;
    one.advance(ahead);
  };
  const started = await startSignIn(one.app, request(), { returnTo: undefined, scopes: [] });
  if (from === "the page") wait();
  const form = await createBrowser().signIn(started.location, ADELE);
  if (from === "the answer") wait();
  tenant.requests.length = 0;
  const cookies = Object.fromEntries(started.cookies.map(({ name, value }) => [name, value]));
  const finished = await finishSignIn(one.app, post(form.fields, { cookies })).catch(
    () => undefined,
  );
  const session = finished?.cookies.find(
    ({ name, maxAge }) => name === SESSION_COOKIE && maxAge > 0,
  );
  return { one, session: session?.value };
}

describe("a sign-in that takes its time at the provider", () => {
  it.each([0, 2.5, 5, 14])("of %d minutes works", async (minutes) => {
    const { one, session = "" } = await signInWithin(minutes, "the page");
    const opened = await openSession(one, refOf(one, session));
    const token = await opened.getToken(["User.Read"]);
    await expect(tenant.verifyAccessToken(token)).resolves.toBeDefined();
    await expect(opened.getToken(["Mail.Read"])).resolves.toBeDefined();
  });

  it.each([
    [16, "the page"],
    [24 * 60, "the page"],
    [16, "the answer"],
  ] as const)(
    "of %d minutes at %s is refused: the code is not sent on, nothing is stored",
    async (minutes, from) => {
      const { one, session } = await signInWithin(minutes, from);
      expect(session).toBeUndefined();
      expect(tokenRequests(tenant)).toEqual([]);
      expect([...one.table.rows.keys()].filter((key) => /^[asux]\./.test(key))).toEqual([]);
    },
  );
});
