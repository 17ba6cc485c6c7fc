import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import { ADELE } from "../support/user.ts";
import {
  accountOf,
  expectEverythingWorks,
  signIn,
  signOutAtProvider,
  startWorld,
  userOf,
  type World,
} from "./world.ts";

const JORDAN = "jordan@fabrikam.com";
const SAM = "sam.rivera@outlook.com";

const rig = watchedRig();

describe("a single tenant", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(rig);
  });
  afterAll(() => world?.stop());

  it.each([false, true])("works (iss: %s)", async (sendIss) => {
    world.tenant.switches.sendIss = sendIss;
    const { tenantId } = world.tenant;
    await expectEverythingWorks(world, { ...userOf(world, ADELE), tenantId });
  });

  it.each([false, true])(
    "gives its guests tokens of its own, never of their home tenant (iss: %s)",
    async (sendIss) => {
      world.tenant.switches.sendIss = sendIss;
      const { tenantId } = world.tenant;
      const guest = userOf(world, JORDAN);
      expect(guest.home).not.toBe(tenantId);
      await expectEverythingWorks(world, { ...guest, tenantId });
    },
  );

  it("keeps its guests to that through claims challenges and new sign-ins", async () => {
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
});

describe("a single tenant by its domain", () => {
  it("works, and knows its issuer", async () => {
    const world = await startWorld(rig, { name: "contoso.com" });
    world.tenant.switches.sendIss = true;
    const { tenantId } = world.tenant;
    await expectEverythingWorks(world, { ...userOf(world, ADELE), tenantId });
    await world.stop();
  });
});

describe("every organization (organizations)", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(rig, { name: "organizations", registration: { audience: "multi" } });
  });
  afterAll(() => world?.stop());

  it.each([
    [ADELE, false],
    [JORDAN, false],
    [JORDAN, true],
  ])("lets %s in, with tokens of the home tenant (iss: %s)", async (username, sendIss) => {
    world.tenant.switches.sendIss = sendIss;
    const user = userOf(world, username);
    await expectEverythingWorks(world, { ...user, tenantId: user.home });
  });

  it("signs out by the issuer of the user's organization, and by no other's", async () => {
    world.tenant.switches.sendIss = true;
    const jordan = await signIn(world, JORDAN);
    const adele = await signIn(world, ADELE);
    const sid = world.tenant.sessions.at(-1)?.signIns[0]?.sid ?? "";
    for (const iss of [
      "https://evil.example/v2.0",
      "https://login.microsoftonline.com/organizations/v2.0",
      "https://login.microsoftonline.com/{tenantid}/v2.0",
      "https://login.microsoftonline.com/x/v2.0",
      `https://login.microsoftonline.com/${crypto.randomUUID()}/v1.0`,
    ]) {
      const query = new URLSearchParams({ sid, iss });
      expect((await fetch(`${world.url}/auth/logout-callback?${query}`)).status).toBe(200);
      expect(await accountOf(world, adele.browser)).toBeDefined();
    }
    const { calls } = await signOutAtProvider(world, jordan.browser, "Jordan");
    expect(calls[0]?.get("iss")).toContain(userOf(world, JORDAN).home);
    expect(await accountOf(world, jordan.browser)).toBeUndefined();
    expect(await accountOf(world, adele.browser)).toMatchObject({ username: ADELE });
  });
});

describe("some of all accounts (common, with an allow-list)", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(rig, {
      name: "common",
      registration: { audience: "all" },
      env: { ENTRA_ALLOWED_TENANTS: rig.tenant.tenantId },
    });
  });
  afterAll(() => world?.stop());

  it("works for the tenants on the list", async () => {
    const { tenantId } = world.tenant;
    await expectEverythingWorks(world, { ...userOf(world, ADELE), tenantId });
  });

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
