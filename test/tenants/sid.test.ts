import { beforeEach, describe, expect, it } from "@jest/globals";
import { itLeaksNothing } from "../support/attack.ts";
import { startWatchedRig } from "../support/secrets.ts";
import { shared } from "../support/shared.ts";
import { ADELE, ALEX, signOutAtProvider } from "../support/user.ts";
import { accountOf, expectEverythingWorks, sidOf, signIn, startWorld } from "./world.ts";

const rig = shared(() =>
  startWatchedRig({
    onLog: ({ level, message }) => {
      if (level === "warning") warnings.push(message);
    },
  }),
);
const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
});

describe("a registration without the optional claims sid and login_hint", () => {
  const world = shared(() => startWorld(rig, { registration: { optionalClaims: [] } }));

  it("works by session_state, and the operator is told once what is missing", async () => {
    await expectEverythingWorks(world, ADELE);
    await expectEverythingWorks(world, ALEX);
    expect(warnings.filter((line) => line.includes("signin.sid_claim_missing"))).toEqual([
      JSON.stringify({
        event: "signin.sid_claim_missing",
        fix: "Add the optional claim sid to the ID token in the app registration (Token configuration).",
      }),
    ]);
  });
});

describe("a registration with them", () => {
  const world = shared(() => startWorld(rig));

  it("takes the signed claim's word, whatever session_state is posted", async () => {
    const victim = await signIn(world, ALEX);
    const victimsSid = sidOf(world);
    const attacker = await signIn(world, ADELE);
    const form = await attacker.browser.signIn(`${world.url}/auth/signin`, ADELE);
    const fields = { ...form.fields, session_state: victimsSid };
    await attacker.browser.submit({ ...form, fields });
    expect(await accountOf(world, victim.browser)).toMatchObject({ username: ALEX });
    await victim.browser.loadFrames(await signOutAtProvider(world, victim.browser, "Alex"));
    expect(await accountOf(world, victim.browser)).toBeUndefined();
    expect(await accountOf(world, attacker.browser)).toMatchObject({ username: ADELE });
  });

  it("works without session_state, and is not complained about", async () => {
    world.tenant.switches.omitSessionState = true;
    await expectEverythingWorks(world, ADELE);
    expect(warnings.join()).not.toContain("signin.sid_claim_missing");
  });
});

describe("a provider that names no session at all", () => {
  const world = shared(() => startWorld(rig));

  it("signs in and out here; what it cannot do elsewhere, the operator is told", async () => {
    Object.assign(world.tenant.switches, { omitSid: true, omitSessionState: true });
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
