/** The part of `GET /auth/session` that tells one sign-in from another. */
export interface KnownSession {
  /** The account, by its `homeAccountId`. */
  readonly account: { readonly homeAccountId: string };
  /** When this browser signed in. ISO 8601. */
  readonly signedInAt: string;
}

/** What a page gets from {@link watchSession}. */
export interface SessionWatch {
  /** Asks now. Call it after a 401 of the page's own. It resolves when the question is answered, and never rejects. */
  check(): Promise<void>;
  /** Stops watching. The page is not hidden any more when it is left. */
  stop(): void;
}

const NOBODY = "";
/** Only a browser that binds sessions to its device gets on (`SESSION_BINDING`). */
const UNBOUND = "urn:lightsout:problem:session-unbound";
/** Milliseconds until an unanswered question is asked again. The pause doubles, up to the longest. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [1_000, 30_000];

/**
 * Notices that the user of this page has signed out, in this app or elsewhere. It asks `/auth/session` when the page gets
 * the focus, when it comes back from the back/forward cache, and when another tab says so.
 *
 * Browsers keep a page that is left, and Back shows it before a script can ask anything. So this hides a page that shows
 * somebody's data when it is left (`pagehide`). It shows the page again when the answer names the same account and sign-in.
 * While there is no answer (5xx, no network), the page stays hidden, and the question is repeated.
 *
 * @param options.prefix The `routePrefix` of the app's host.json, such as `/api`. Default: none.
 * @param options.session Whom the page shows, from `/auth/session`. Default: whoever the first answer names.
 * @param options.onSignedOut Called once, also when somebody else is signed in now. A hidden page is shown when the
 * promise that it returns has resolved. By then, nothing private may be left on the page.
 * @example
 * import { watchSession } from "lightsout/browser";
 *
 * const { check, stop } = watchSession({ onSignedOut: () => location.replace("/") });
 */
export function watchSession(options: {
  prefix?: string | undefined;
  session?: KnownSession | undefined;
  onSignedOut: () => unknown;
}): SessionWatch {
  /** The sign-in that the page shows, or {@link NOBODY}. Undefined until the first answer. */
  let shown = options.session && keyOf(options.session);
  let question = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = FIRST_PAUSE;
  let formSent = false;
  let told = false;
  let reveal: (() => void) | undefined;
  const watching = new AbortController();
  const channel = globalThis.BroadcastChannel && new BroadcastChannel("lightsout");

  async function check(): Promise<void> {
    if (watching.signal.aborted) return;
    hush();
    const { signal } = question;
    const answer = await ask(options.prefix ?? "", signal);
    if (signal.aborted) return;
    if (answer === undefined) {
      if (!reveal && !told && shown !== undefined) return;
      timer = setTimeout(check, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
      return;
    }
    if (answer !== shown && (reveal || shown)) return end();
    shown = answer;
    pause = FIRST_PAUSE;
    told = false;
    reveal?.();
  }

  /** Forgets the question that is open. */
  function hush(): void {
    clearTimeout(timer);
    question.abort();
    question = new AbortController();
  }

  async function end(): Promise<void> {
    if (!told) channel?.postMessage(null);
    unwatch();
    await options.onSignedOut();
    removeEventListener("pagehide", leave);
    reveal?.();
  }

  function leave(): void {
    // The form has been answered. It may have been a sign-out.
    if (formSent && !watching.signal.aborted) channel?.postMessage(null);
    formSent = false;
    hush();
    if (shown !== NOBODY) reveal ??= hide(() => (reveal = undefined));
  }

  function unwatch(): void {
    hush();
    watching.abort();
    channel?.close();
  }

  function on(target: EventTarget, type: string, listener: (event: Event) => void): void {
    target.addEventListener(type, listener, { signal: watching.signal });
  }

  addEventListener("pagehide", leave);
  on(window, "pageshow", () => {
    if (reveal) void check();
  });
  on(window, "focus", () => void check());
  on(document, "visibilitychange", () => {
    if (document.visibilityState === "visible") void check();
  });
  on(window, "submit", (event) => {
    formSent = !event.defaultPrevented;
  });
  if (channel) {
    channel.onmessage = () => {
      told = true;
      void check();
    };
  }
  if (shown === undefined) void check();
  return {
    check,
    stop() {
      unwatch();
      removeEventListener("pagehide", leave);
    },
  };
}

const keyOf = ({ account, signedInAt }: KnownSession) =>
  [account.homeAccountId, signedInAt].join(" ");

/** @returns undefined when nobody can tell. */
async function ask(prefix: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch([prefix, "auth/session"].join("/"), { signal, cache: "no-store" });
    if (response.status !== 200 && response.status !== 403) return undefined;
    const answer = await response.json();
    if (response.status === 403) return answer.type === UNBOUND ? NOBODY : undefined;
    return answer.signedIn ? keyOf(answer) : NOBODY;
  } catch {
    return undefined;
  }
}

/** Hides the whole document. @returns a function that shows it again, scrolled to where it was. */
function hide(shown: () => void): () => void {
  const { style } = document.documentElement;
  const [display, priority] = [
    style.getPropertyValue("display"),
    style.getPropertyPriority("display"),
  ];
  const place = { left: scrollX, top: scrollY, behavior: "instant" } as const;
  style.setProperty("display", "none", "important");
  return () => {
    style.setProperty("display", display, priority);
    scrollTo(place);
    shown();
  };
}
