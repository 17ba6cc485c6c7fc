import { SignedOut, SignInNeeded, withReturn } from "./api.ts";
import { el } from "./dom.ts";
import type { Visit } from "./session.ts";

/**
 * Does something for the signed-in user. When it fails, `place` shows why and what helps, unless it fails because
 * the user is signed out: then the visit ends.
 */
export async function guard(
  visit: Visit,
  place: HTMLElement,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SignedOut) await visit.check();
    if (visit.signal.aborted) return;
    place.replaceChildren(failure(error as Error, () => void guard(visit, place, work)));
  }
}

function failure(error: Error, again: () => void): HTMLElement {
  const help =
    error instanceof SignInNeeded
      ? el("a", { className: "button quiet", href: withReturn(error.signInUrl) }, "Continue")
      : el("button", { className: "button quiet", onclick: again }, "Try again");
  return el("div", { className: "problem", role: "alert" }, el("p", {}, error.message), help);
}
