import { describe, expect, it } from "@jest/globals";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { shared } from "../support/shared.ts";
import { readAccountRows } from "../support/table.ts";
import { ADELE, signOutAtProvider } from "../support/user.ts";
import {
  accountOf,
  CLOUD_TENANT,
  expectEverythingWorks,
  held,
  sidOf,
  signIn,
  startWorld,
  userOf,
  type WorldOptions,
} from "./world.ts";

const JORDAN = "jordan@fabrikam.com";
const SAM = "sam.rivera@outlook.com";

const rig = watchedRig();

const EXTERNAL = `https://${CLOUD_TENANT}.ciamlogin.com/${CLOUD_TENANT}/v2.0`;
function cloud(host: string, issuer = `https://${host}/${CLOUD_TENANT}/v2.0`): WorldOptions {
  return {
    tenant: { tenantId: CLOUD_TENANT, authority: `https://${host}/${CLOUD_TENANT}`, issuer },
  };
}
const named = (name: string, audience: "multi" | "personal" | "all"): WorldOptions => ({
  name,
  registration: { audience },
});

/** Tenants, and who gets in. */
const WORLDS: [string, WorldOptions, string[]][] = [
  ["a single tenant, and its guests", {}, [ADELE, JORDAN]],
  ["a single tenant by its domain", { name: "contoso.com" }, [ADELE]],
  ["every organization", named("organizations", "multi"), [ADELE, JORDAN]],
  ["personal accounts alone", named("consumers", "personal"), [SAM]],
  ["every account", named("common", "all"), [ADELE, JORDAN, SAM]],
  ["US Government", cloud("login.microsoftonline.us"), [ADELE]],
  ["China (21Vianet)", cloud("login.partner.microsoftonline.cn"), [ADELE]],
  ["External ID", cloud("fabrikam.ciamlogin.com", EXTERNAL), [ADELE]],
  ["External ID with a domain of its own", cloud("login.fabrikam.example", EXTERNAL), [ADELE]],
];

describe.each(WORLDS)("%s", (_, options, usernames) => {
  const world = shared(() => startWorld(rig, options));

  it.each(usernames.flatMap((username) => [false, true].map((iss) => [username, iss] as const)))(
    "lets %s in and out (iss: %s)",
    async (username, sendIss) => {
      world.tenant.switches.sendIss = sendIss;
      await expectEverythingWorks(world, username);
    },
  );
});

describe("a single tenant", () => {
  const world = shared(() => startWorld(rig));

  it("keeps its guests to its own tokens through claims challenges and new sign-ins", async () => {
    const { browser } = await signIn(world, JORDAN);
    const { guestOid = "" } = world.tenant.users.find((user) => user.guestOid) ?? {};
    for (let i = 0; i < 3; i++) {
      world.graph.faults.claimsChallenge(guestOid);
      expect((await browser.fetch(`${world.url}/graph/me`)).status).toBe(200);
      await browser.submit(await browser.signIn(`${world.url}/auth/signin`, JORDAN));
      expect((await browser.fetch(`${world.url}/graph/me/messages`)).status).toBe(200);
    }
    expect([...world.tids]).toEqual([world.tenant.tenantId]);
  });

  it("holds a guest's tokens under the ids of the home tenant alone, which the session names", async () => {
    const { browser } = await signIn(world, JORDAN);
    const { homeAccountId = "" } = (await accountOf(world, browser)) ?? {};
    const { guestOid } = world.tenant.users.find((user) => user.guestOid) ?? {};
    expect(await held(world, `${guestOid}.${world.tenant.tenantId}`)).toBe(false);
    expect(await held(world, homeAccountId)).toBe(true);
  });
});

describe("every organization", () => {
  const world = shared(() => startWorld(rig, named("organizations", "multi")));

  it("signs out by the issuer of the user's organization, and by no other's", async () => {
    world.tenant.switches.sendIss = true;
    const jordan = await signIn(world, JORDAN);
    const adele = await signIn(world, ADELE);
    // One of each kind: the others are in test/identity/ownIssuer.test.ts.
    for (const iss of [
      "https://evil.example/v2.0",
      "https://login.microsoftonline.com/organizations/v2.0",
    ]) {
      const query = new URLSearchParams({ sid: sidOf(world), iss });
      expect((await fetch(`${world.url}/auth/logout-callback?${query}`)).status).toBe(200);
      expect(await accountOf(world, adele.browser)).toBeDefined();
    }
    const page = await signOutAtProvider(world, jordan.browser, "Jordan", "organizations");
    await jordan.browser.loadFrames(page);
    const [frame = ""] = page.frames;
    expect(new URL(frame).searchParams.get("iss")).toContain(userOf(world, JORDAN).home);
    expect(await accountOf(world, jordan.browser)).toBeUndefined();
    expect(await accountOf(world, adele.browser)).toMatchObject({ username: ADELE });
  });
});

describe("some of all accounts (an allow-list)", () => {
  const world = shared(() =>
    startWorld(rig, {
      ...named("common", "all"),
      env: { ENTRA_ALLOWED_TENANTS: rig.tenant.tenantId },
    }),
  );

  it("works for the tenants on the list", () => expectEverythingWorks(world, ADELE));

  it.each([JORDAN, SAM])("turns %s away, and stores nothing", async (username) => {
    const before = await readAccountRows(rig.azurite);
    const { browser, page } = await signIn(world, username);
    expect(page.status).toBe(400);
    expect(page.text).toContain("Your organization has no access to this app.");
    expect(await accountOf(world, browser)).toBeUndefined();
    expect(await readAccountRows(rig.azurite)).toEqual(before);
  });
});

itLeaksNothing(() => rig);
