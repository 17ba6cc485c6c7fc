import { expect, it } from "@jest/globals";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { ADELE, homeAccountIdOf, signedInBrowser } from "../support/user.ts";

const rig = watchedRig();

it("GET /auth/session says who is signed in", async () => {
  const browser = await signedInBrowser(rig);
  const session = JSON.parse((await browser.get(`${rig.url}/auth/session`)).body);
  expect(session).toEqual({
    signedIn: true,
    account: {
      homeAccountId: homeAccountIdOf(rig),
      tenantId: rig.tenant.tenantId,
      name: "Adele Vance",
      roles: [],
      claims: {},
      username: ADELE,
    },
    signedInAt: expect.stringMatching(/^\d{4}-.*Z$/),
    expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
    signOutUrl: `${rig.url}/auth/signout`,
  });
  expect(Date.parse(session.expiresAt) - Date.parse(session.signedInAt)).toBe(12 * 3_600_000);
});

itLeaksNothing(() => rig);
