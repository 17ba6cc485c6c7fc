import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { ADELE } from "../support/user.ts";
import { expectEverythingWorks, startWorld, userOf, type World } from "./world.ts";

const SAM = "sam.rivera@outlook.com";
const JORDAN = "jordan@fabrikam.com";
/** The tenant of all personal accounts. */
const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";

const rig = watchedRig();

describe("personal accounts alone (consumers)", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(rig, { name: "consumers", registration: { audience: "personal" } });
  });
  afterAll(() => world?.stop());

  it.each([false, true])("work (iss: %s)", async (sendIss) => {
    world.tenant.switches.sendIss = sendIss;
    const [frame] = await expectEverythingWorks(world, {
      ...userOf(world, SAM),
      tenantId: CONSUMERS,
    });
    // They sign out on a host of their own.
    expect(frame?.headers["content-security-policy"]).toContain("https://login.live.com");
  });
});

describe("every account (common)", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(rig, { name: "common", registration: { audience: "all" } });
  });
  afterAll(() => world?.stop());

  it.each([
    [SAM, false],
    [SAM, true],
    [ADELE, true],
    [JORDAN, true],
  ])("works for %s, with tokens of the home tenant (iss: %s)", async (username, sendIss) => {
    world.tenant.switches.sendIss = sendIss;
    const user = userOf(world, username);
    await expectEverythingWorks(world, { ...user, tenantId: user.home });
  });
});

itLeaksNothing(() => rig);
