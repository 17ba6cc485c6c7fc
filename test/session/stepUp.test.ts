import { expect, it } from "@jest/globals";
import { InteractionRequired } from "../../src/shared/base/errors.ts";
import type { SignedInSession } from "../../src/shared/session/session.ts";
import { assertStepUp, type StepUp } from "../../src/shared/session/stepUp.ts";
import { stubSession } from "../support/graph.ts";

const NOW = 1_800_000_000_000;
const ago = (seconds: number) => NOW - seconds * 1_000;
const ACRS = '{"id_token":{"acrs":{"essential":true,"value":"c1"}}}';

/** When the user authenticated, and signed in here. Seconds ago. */
const at = (authenticated: number, signedIn: number) => ({
  authenticatedAt: ago(authenticated),
  signedInAt: ago(signedIn),
});
const STRONG = { authenticationContext: "c1" };

/** What is asked for: its claims, its age, and whether only time has undone what the sign-in brought. */
type Missing = [string | undefined, number | undefined, boolean] | undefined;

it.each<[string, StepUp, Partial<SignedInSession>, Missing]>([
  ["nothing", {}, {}, undefined],
  ["recent enough", { maxAge: 60 }, at(60, 60), undefined],
  ["undone by time", { maxAge: 60 }, at(61, 60), [undefined, 60, true]],
  ["too old from the start", { maxAge: 60 }, at(90, 9), [undefined, 60, false]],
  ["undone by less than the way back takes", { maxAge: 1 }, at(3, 2), [undefined, 1, false]],
  ["of an unknown age", { maxAge: 60 }, { signedInAt: NOW }, [undefined, 60, false]],
  ["strong enough", STRONG, { acrs: ["c2", "c1"] }, undefined],
  ["strong otherwise", STRONG, { acrs: ["c11", "C1"] }, [ACRS, undefined, false]],
  ["neither", { ...STRONG, maxAge: 60 }, at(61, 60), [ACRS, 60, false]],
])("a sign-in that is %s", (_, required, session, missing) => {
  let thrown: unknown;
  try {
    assertStepUp({ ...stubSession(), ...session }, required, NOW);
  } catch (error) {
    thrown = error;
  }
  if (missing === undefined) return expect(thrown).toBeUndefined();
  expect(thrown).toBeInstanceOf(InteractionRequired);
  const { scopes, claims, maxAge, isByTime } = thrown as InteractionRequired;
  expect([scopes, claims, maxAge, isByTime]).toEqual([[], ...missing]);
});
