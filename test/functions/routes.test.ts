import { expect, it } from "@jest/globals";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { ADELE, callFrontChannel, homeAccountIdOf, signedInBrowser } from "../support/user.ts";

const rig = watchedRig();

it("the front channel may be framed by the tenant's pages and nobody else", async () => {
  // The metadata names its pages, and is known from then on.
  await fetch(`${rig.url}/auth/signin`, { redirect: "manual" });
  const { headers } = await callFrontChannel(rig, "unknown");
  const { port } = new URL(rig.tenant.url);
  expect(headers.get("content-security-policy")).toBe(
    `default-src 'none'; frame-ancestors https://login.microsoftonline.com http://127.0.0.1:${port} http://localhost:${port} http://*.localhost:${port} ${rig.tenant.url}`,
  );
  expect(headers.get("x-frame-options")).toBeNull();
  expect(headers.get("cache-control")).toBe("no-store");
});

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
