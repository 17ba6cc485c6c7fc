import { watchSession } from "../../../src/browser/watchSession.ts";
import { SignedOut, withReturn } from "./api.ts";
import { compose } from "./compose.ts";
import { el, focusOn, say } from "./dom.ts";
import { helpDesk } from "./helpDesk.ts";
import { messages } from "./messages.ts";
import { orders } from "./orders.ts";
import { nextMeeting, profile } from "./profile.ts";
import { readSession, type SignedIn } from "./session.ts";

const main = document.querySelector("main") as HTMLElement;

/** Ends everything that is under way for the account whose data is on the page; undefined when that is nobody. */
let visit: AbortController | undefined;
/** Whether the page says so already. */
let signedOutShown = false;
/** Only the last question about the session counts. */
let question = new AbortController();

/** Asks who is signed in, and makes the page say so. */
async function start(signedOut = false): Promise<void> {
  question.abort();
  question = new AbortController();
  const { signal } = question;
  try {
    const session = await readSession(signal);
    if (session.signedIn) showSignedIn(session);
    else if (!signedOutShown) showSignedOut(session.signInUrl, signedOut);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof SignedOut) return showSignedOut(error.signInUrl, signedOut);
    showUnavailable(error as Error);
  }
}

/** Takes everything private off the page, and lets nothing that is under way bring it back. */
function clear(): void {
  visit?.abort();
  visit = undefined;
  signedOutShown = false;
  say("");
  main.replaceChildren();
  document.body.classList.remove("on");
}

function showSignedIn(session: SignedIn): void {
  clear();
  visit = new AbortController();
  document.body.classList.add("on");
  const { check } = watchSession({
    session,
    onSignedOut() {
      clear();
      return start(true);
    },
  });
  const here = { signal: visit.signal, check };
  let mail = messages(here);
  const refresh = () => {
    const fresh = messages(here);
    mail.replaceWith(fresh);
    mail = fresh;
  };
  const pair = el("div", { className: "pair" }, nextMeeting(here), helpDesk(here));
  main.append(profile(session), pair, mail, orders(here), compose(here, refresh));
}

/** @param now Whether it is news to the user. */
function showSignedOut(signInUrl: string, now: boolean): void {
  signedOutShown = true;
  const heading = el("h1", {}, now ? "You were signed out" : "You are signed out");
  const text = now
    ? "Here, or in another app. Nothing of yours is left on this page, and the app holds no tokens for you."
    : "Sign in to read and send your mail.";
  const link = el("a", { className: "button", href: withReturn(signInUrl) }, "Sign in");
  main.replaceChildren(el("section", {}, heading, el("p", { className: "soft" }, text), link));
  if (now) focusOn(heading);
}

function showUnavailable({ message }: Error): void {
  const again = el(
    "button",
    { className: "button quiet", onclick: () => void start() },
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

void start();
// Signed in meanwhile, in another tab.
addEventListener("focus", () => {
  if (visit === undefined) void start();
});
