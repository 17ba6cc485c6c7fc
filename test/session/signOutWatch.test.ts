import { describe, expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import { createSignOutWatch } from "../../src/shared/session/signOutWatch.ts";
import { virtualTime } from "../support/virtualTime.ts";

/** A session that is looked up, and what runs while it is there. */
function watching(isLive: () => Promise<boolean> = async () => true) {
  const time = virtualTime();
  let looks = 0;
  const watch = createSignOutWatch(time.sleep, time.now);
  const whileSignedIn = watch({
    isLive() {
      looks += 1;
      return isLive();
    },
  });
  /** What becomes of work, so far. */
  function outcomeOf(work: Promise<unknown>): { is: string } {
    const outcome = { is: "running" };
    whileSignedIn(work).then(
      () => void Object.assign(outcome, { is: "done" }),
      ({ code }) => void Object.assign(outcome, { is: code }),
    );
    return outcome;
  }
  return { time, whileSignedIn, outcomeOf, looks: () => looks };
}
const forever = () => new Promise<never>(() => {});

describe("what runs while somebody is signed in", () => {
  it("costs one look every 20 seconds, and none before", async () => {
    const { time, outcomeOf, looks } = watching();
    const outcome = outcomeOf(forever());
    await time.pass(19_999);
    expect(looks()).toBe(0);
    await time.pass(60_001);
    expect([looks(), outcome.is]).toEqual([4, "running"]);
  });

  it.each<[string, () => Promise<boolean>]>([
    ["that is gone", async () => false],
    ["that nobody can look up", () => Promise.reject(new StoreUnavailable())],
    ["that is looked up for ever", forever],
  ])("ends at most 30 seconds after a sign-out: with a session %s", async (_, gone) => {
    let isSignedOut = false;
    const { time, outcomeOf } = watching(async () => (isSignedOut ? gone() : true));
    const outcome = outcomeOf(forever());
    // Just after a look.
    await time.pass(20_000);
    isSignedOut = true;
    await time.pass(30_000);
    expect(outcome.is).toBe("ERR_SIGNED_OUT");
  });

  it("is looked at in the same way when it comes in parts, however short or far between", async () => {
    let isLive = true;
    const { time, whileSignedIn, looks } = watching(async () => isLive);
    for (let part = 0; part < 60; part++) {
      await whileSignedIn(Promise.resolve());
      await time.pass(1_000);
    }
    expect(looks()).toBe(2);
    isLive = false;
    await time.pass(3_600_000);
    expect(looks()).toBe(2);
    await expect(whileSignedIn(Promise.resolve("late"))).rejects.toMatchObject({
      code: "ERR_SIGNED_OUT",
    });
  });

  it("gives what it gave, its failure too, and is not watched any more", async () => {
    const { time, whileSignedIn, looks } = watching();
    await expect(whileSignedIn(Promise.resolve(1))).resolves.toBe(1);
    await expect(whileSignedIn(Promise.reject(new Error("own")))).rejects.toThrow("own");
    await time.pass(3_600_000);
    expect(looks()).toBe(0);
  });
});
