import { afterAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Keyring, Share } from "../../src/shared/crypto/keyring.ts";
import { explore } from "./explore.ts";
import { startExplorer } from "./explorer.ts";
import { carryOut, run } from "./random.ts";
import { plainKeyring } from "./scenario.ts";
import { scenarioOf } from "./scenarios.ts";
import { Simulation } from "./simulation.ts";
import { describeFailure } from "./trace.ts";
import { WEAKNESSES } from "./weaknesses.ts";

const explorer = startExplorer();
afterAll(() => explorer.stop());

function withShare(changed: (share: Share | undefined) => Share | undefined): Keyring {
  return {
    ...plainKeyring,
    seal: (plaintext, purpose, row, share) =>
      plainKeyring.seal(plaintext, purpose, row, changed(share)),
    unseal: (sealed, purpose, row, share) =>
      plainKeyring.unseal(sealed, purpose, row, changed(share)),
  };
}

/** A check that would pass on a broken protocol is none. */
describe("the explorer finds out", () => {
  it.each([
    ["refreshUpserts", "I1", "a refresh against sign-out by cookie"],
    ["refreshUpserts", "I4", "a refresh against an operator"],
    ["refreshUpserts", "I4", "a refresh against the front channel"],
    ["refreshUpserts", "I2", "a refresh against a second browser"],
    ["refreshMatchesAny", "I2", "a refresh against a second browser"],
    ["refreshUnstored", "I1", "a refresh against sign-out by cookie"],
    ["refreshUnstored", "I1", "a refresh that joins one under way, against sign-out by cookie"],
    ["headIsNoCondition", "I1", "a sign-in against the front channel"],
    ["headIsNoCondition", "structure", "two sign-ins of one account"],
    ["noHead", "I1", "a sign-in, then its sign-out by cookie"],
    ["noHead", "I4", "a sign-in against the front channel"],
    ["tokensBeforeIndex", "I3", "a sign-in alone"],
    ["sidNotAwaited", "I3", "a sign-in alone"],
    ["filingNotAwaited", "I3", "a sign-in alone"],
    ["announcementNotAwaited", "I4", "a sign-in against the front channel"],
    ["announcementIgnored", "I1", "a sign-in against the front channel"],
    ["announcementIgnored", "I1", "a second browser against its own front channel"],
    ["announcementShared", "I1", "the same sid with two accounts at once, and its front channel"],
    ["joiningNotDisturbed", "I1", "a second browser against its own front channel"],
    [
      "listTrusted",
      "structure",
      "a second browser that reads the account row by row, against its end and a new one",
    ],
    ["fenceIgnored", "I4", "a sign-in against the front channel"],
    ["fenceIgnored", "I1", "a sign-in against an operator"],
    ["fenceIgnored", "I3", "two sign-ins of one browser"],
    ["unsureIsRefused", "I1", "a sign-in against an operator"],
    ["unsureIsRefused", "I1", "a second browser against sign-out by cookie"],
    ["earlySignOutIgnored", "I1", "a sign-in against the front channel"],
    ["tombstoneSwallowed", "I1", "a sign-in against the front channel"],
    ["tombstoneSwallowed", "I1", "a browser signing in again against the front channel"],
    [
      "tombstoneDroppedAtTakeover",
      "I1",
      "a sid that returns, against a sign-in from before its sign-out",
    ],
    ["tombstoneNotRenewed", "I1", "a sid that returns, against the front channel again"],
    [
      "tombstoneNotRenewed",
      "I1",
      "the purge of a sid that was signed out, against its front channel and its return",
    ],
    ["tombstonesIgnored", "I1", "a sid that returns, held back and then with the button"],
    ["tombstonesIgnored", "I1", "a sign-in against the front channel"],
    ["seenIgnored", "outcome", "a sid that returns, held back and then with the button"],
    ["seenEarlyIgnored", "outcome", "a sid that a stranger has signed out before it signs in"],
    ["marginIgnored", "I1", "the same with clocks that differ"],
    ["earlyMarginIgnored", "I1", "a sign-in against the front channel, with clocks that differ"],
    [
      "tombstonesForEver",
      "outcome",
      "a sid that returns some time later in a browser that knows nothing",
    ],
    ["marksPurgedAtOnce", "I1", "the purge while somebody stays on the sign-in page"],
    ["earlySignOutIgnored", "I1", "a sign-in against a logout token for its subject"],
    ["logoutTokenSwallowed", "I4", "a sign-in against a logout token for its sid"],
    [
      "logoutTokenDroppedAtTakeover",
      "I1",
      "a sid that returns after a logout token, against a sign-in from before",
    ],
    ["logoutTokenBurntFirst", "I4", "a logout token again after a fault, and a newer sign-in"],
    ["answerNotUsedUp", "outcome", "an answer that is posted twice"],
    ["purgeMatchesAny", "outcome", "an answer that is posted twice, after a made-up one"],
    ["macIgnored", "I4", "a tombstone that nobody of ours has made, against the front channel"],
    [
      "macIgnored",
      "I4",
      "the end of a session that nobody of ours has written, against the front channel",
    ],
    [
      "unverifiedMarksIgnored",
      "I1",
      "a tombstone with a forged neighbour, against a sign-in from before",
    ],
    ["overIgnored", "I2", "the front channel of a session that is over, while another goes on"],
    ["overTooSoon", "I4", "two sign-ins of one account against the front channel of one"],
    ["overNotRaised", "I3", "the purge of a session that is over, against another of its subject"],
    ["purgeMatchesAny", "I3", "the purge of a session that is over, against the return of its sid"],
    ["refreshMatchesAny", "bound", "a registration against a refresh"],
    ["refreshMatchesAny", "bound", "two registrations of one session"],
    ["refreshMatchesAny", "bound", "two registrations for one challenge"],
    ["removalClaimed", "bound", "two registrations for one challenge"],
    ["faultsSwallowed", "I4", "a second browser against sign-out by cookie"],
    ["purgeMatchesAny", "I2", "the purge against a second browser"],
    ["purgeMatchesAny", "I3", "the purge against another account with the same sid"],
  ] as const)("%s, by a violation of %s in %s", async (weakness, invariant, name) => {
    const { failure } = await explorer.explore({ name, weakness });
    expect(failure?.invariant).toBe(invariant);
  });

  it.each<[string, Keyring]>([
    ["is ignored", withShare(() => undefined)],
    ["is the same for everybody", withShare((share) => share && new Uint8Array(32))],
  ])("a share that %s, by a violation of I7", async (_, keyring) => {
    const scenario = scenarioOf("a refresh against a second browser");
    const { failure } = await explore(new Simulation(scenario, { keyring }));
    expect(failure?.violation.invariant).toBe("I7");
  });

  it("and shows the shortest schedule that leads there", async () => {
    const scenario = scenarioOf("a refresh against sign-out by cookie");
    const simulation = new Simulation(scenario, { weakness: WEAKNESSES.refreshUpserts });
    const { failure } = await explore(simulation);
    if (failure === undefined) throw new Error("Nothing was found.");
    const description = await describeFailure(simulation, failure);
    const [what, name, ...steps] = description.split("\n");
    expect(what).toBe("I1 violated: A is stored after cookie of A has answered.");
    expect(name).toBe(scenario.name);
    expect(steps).toHaveLength(4);
    expect(steps[0]).toMatch(/^ {2}1 {2}refresh of A: read account ada.t\/c.A-3 · /);
    expect(steps[3]).toMatch(/upsert account ada.t\/c.A-3 · done · \[refresh of A\] done$/);
  });
});

describe("random search", () => {
  it("finds out as well, and shrinks what it found", async () => {
    const weakness = WEAKNESSES.tombstoneSwallowed;
    const property = fc.asyncProperty(run, async (one) => {
      expect((await carryOut(one, { weakness })).failure).toBeUndefined();
    });
    const found = await fc.check(property, { seed: 1, numRuns: 500 });
    const [smallest] = found.counterexample ?? [];
    if (smallest === undefined) throw new Error("Nothing was found.");
    const { failure } = await carryOut(smallest, { weakness });
    expect(failure?.violation.invariant).toMatch(/^I[14]$/);
    expect(smallest.choices.filter(({ wrong }) => wrong)).toEqual([]);
    expect(found.numShrinks).toBeGreaterThan(5);
  });
});
