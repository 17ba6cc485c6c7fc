import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { itLeaksNothing } from "../support/attack.ts";
import { startWatchedRig } from "../support/secrets.ts";
import { shared } from "../support/shared.ts";
import { ADELE, ALEX } from "../support/user.ts";
import {
  accountOf,
  expectEverythingWorks,
  signIn,
  signOutAtProvider,
  startWorld,
  userOf,
  type World,
} from "./world.ts";

const rig = shared(() =>
  startWatchedRig({
    onLog: ({ level, message }) => {
      if (level === "warning") warnings.push(message);
    },
  }),
);
let world: World;
const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
});

describe("a registration without the optional claims sid and login_hint", () => {
  beforeAll(async () => {
    world = await startWorld(rig, { registration: { optionalClaims: [] } });
  });
  afterAll(() => world?.stop());

  it("works by session_state, and the operator is told once what is missing", async () => {
    const { tenantId } = world.tenant;
    await expectEverythingWorks(world, { ...userOf(world, ADELE), tenantId });
    await expectEverythingWorks(world, { ...userOf(world, ALEX), tenantId });
    expect(warnings.filter((line) => line.includes("signin.sid_claim_missing"))).toEqual([
      JSON.stringify({
        event: "signin.sid_claim_missing",
        fix: "Add the optional claim sid to the ID token in the app registration (Token configuration).",
      }),
    ]);
  });
});

describe("a registration with them", () => {
  beforeAll(async () => {
    world = await startWorld(rig);
  });
  afterAll(() => world?.stop());

  it("is not complained about", async () => {
    const { tenantId } = world.tenant;
    await expectEverythingWorks(world, { ...userOf(world, ADELE), tenantId });
    expect(warnings.join()).not.toContain("signin.sid_claim_missing");
  });

  it("takes the signed claim's word, whatever session_state is posted", async () => {
    const { tenant } = world;
    const victim = await signIn(world, ALEX);
    const victimsSid = tenant.sessions.at(-1)?.signIns[0]?.sid ?? "";
    const attacker = await signIn(world, ADELE);
    const form = await attacker.browser.signIn(`${world.url}/auth/signin`, ADELE);
    const fields = { ...form.fields, session_state: victimsSid };
    await attacker.browser.submit({ ...form, fields });
    expect(await accountOf(world, victim.browser)).toMatchObject({ username: ALEX });
    await signOutAtProvider(world, victim.browser, "Alex");
    expect(await accountOf(world, victim.browser)).toBeUndefined();
    expect(await accountOf(world, attacker.browser)).toMatchObject({ username: ADELE });
  });

  it("works without session_state", async () => {
    world.tenant.switches.omitSessionState = true;
    const { tenantId } = world.tenant;
    await expectEverythingWorks(world, { ...userOf(world, ADELE), tenantId });
    world.tenant.switches.omitSessionState = false;
  });
});

describe("a provider that names no session at all", () => {
  beforeAll(async () => {
    world = await startWorld(rig);
    Object.assign(world.tenant.switches, { omitSid: true, omitSessionState: true });
  });
  afterAll(() => world?.stop());

  it("signs in and out here; what it cannot do elsewhere, the operator is told", async () => {
    const { browser } = await signIn(world, ADELE);
    expect(await accountOf(world, browser)).toMatchObject({ username: ADELE });
    expect(warnings.join()).toContain("signin.sid_claim_missing");
    const question = await browser.get(`${world.url}/auth/signout`);
    const answer = await browser.submit(question.forms[0], { follow: false });
    expect(answer.status).toBe(303);
    expect(await accountOf(world, browser)).toBeUndefined();
  });
});

itLeaksNothing(() => rig);
