import { SignedOut, withReturn } from "./api.ts";
import { compose } from "./compose.ts";
import { el, focusOn, say } from "./dom.ts";
import { messages } from "./messages.ts";
import { nextMeeting, profile } from "./profile.ts";
import { readSession, type SignedIn } from "./session.ts";

const main = document.querySelector("main") as HTMLElement;

/** The account whose data is on the page; `nobody`; undefined as long as that is not known. */
let shown: string | undefined;
/** Ends everything that is under way for that account. */
let visit = new AbortController();
/** Only the last question about the session counts. */
let question = new AbortController();

/**
 * Asks who is signed in, and makes the page say so. Nobody tells a page that its user has signed out in
 * another app, so this is asked whenever the user comes back to it.
 */
async function check(): Promise<void> {
  question.abort();
  question = new AbortController();
  const { signal } = question;
  try {
    const session = await readSession(signal);
    say("");
    if (!session.signedIn) showSignedOut(session.signInUrl);
    else if (session.account.homeAccountId !== shown) showSignedIn(session);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof SignedOut) return showSignedOut(error.signInUrl);
    // What is on the page is still the last that was known.
    if (shown === undefined) showUnavailable(error as Error);
    else say((error as Error).message);
  }
}

/** Takes everything private off the page, and lets nothing that is under way bring it back. */
function clear(): void {
  visit.abort();
  visit = new AbortController();
  question.abort();
  shown = undefined;
  say("");
  main.replaceChildren();
  document.body.classList.remove("on");
}

function showSignedIn(session: SignedIn): void {
  clear();
  shown = session.account.homeAccountId;
  document.body.classList.add("on");
  const here = { signal: visit.signal, end: showSignedOut };
  let mail = messages(here);
  const refresh = () => {
    const fresh = messages(here);
    mail.replaceWith(fresh);
    mail = fresh;
  };
  main.append(profile(session), nextMeeting(here), mail, compose(here, refresh));
}

function showSignedOut(signInUrl: string): void {
  if (shown === "nobody") return;
  const before = shown !== undefined;
  clear();
  shown = "nobody";
  const heading = el("h1", {}, before ? "You were signed out" : "You are signed out");
  const text = before
    ? "Here, or in another app. Nothing of yours is left on this page, and the app holds no tokens for you."
    : "Sign in to read and send your mail.";
  const link = el("a", { className: "button", href: withReturn(signInUrl) }, "Sign in");
  main.append(el("section", {}, heading, el("p", { className: "soft" }, text), link));
  if (before) focusOn(heading);
}

function showUnavailable({ message }: Error): void {
  const again = el(
    "button",
    { className: "button quiet", onclick: () => void check() },
    "Try again",
  );
  main.replaceChildren(
    el(
      "section",
      {},
      el("h1", {}, "Not available right now"),
      el("p", { role: "alert" }, message),
      again,
    ),
  );
}

addEventListener("focus", () => void check());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void check();
});
// A page that the browser keeps for the Back button would show the last user's data to the next one.
addEventListener("pagehide", clear);
addEventListener("pageshow", () => void check());
