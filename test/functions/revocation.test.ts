import { afterEach, expect, it } from "@jest/globals";
import { itLeaksNothing } from "../support/attack.ts";
import { startWatchedRig } from "../support/secrets.ts";
import { keepSwitches, shared } from "../support/shared.ts";
import { readAccountRows } from "../support/table.ts";
import { ADELE, ALEX, asOperator, oidOf, sessionOf, signedInBrowser } from "../support/user.ts";

/** Its token is in no cache after a sign-in: the first call refreshes. */
const NEEDS_REFRESH = "/graph/me/messages";

const rig = shared(() =>
  startWatchedRig({
    onLog: ({ category, message }) => {
      if (category === "user") events.push(JSON.parse(message).event);
    },
  }),
);
const events: string[] = [];
keepSwitches(() => rig.tenant);
afterEach(async () => {
  events.length = 0;
  for (const username of [ADELE, ALEX]) await asOperator(rig, "DELETE", username);
});

/*
 * By a revocation. Of users who are disabled or deleted: test/session/confirmBound.test.ts. What is no verdict on the
 * grant: test/identity/refusals.test.ts, and how it is answered: test/session/confirm.test.ts.
 */
it("a grant that is withdrawn: the next refresh ends all of the account's sessions, at the latest when they are asked for", async () => {
  const browser = await signedInBrowser(rig);
  const elsewhere = await signedInBrowser(rig);
  const colleague = await signedInBrowser(rig, ALEX);
  rig.tenant.revoke(oidOf(rig));

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

  await signedInBrowser(rig, ADELE, browser);
  expect((await browser.fetch(rig.url + NEEDS_REFRESH)).status).toBe(200);
});

itLeaksNothing(() => rig);
