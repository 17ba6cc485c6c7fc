/** What `GET /auth/session` answers, as far as it tells one sign-in from another. */
export interface KnownSession {
  readonly account: { readonly homeAccountId: string };
  /** ISO 8601. */
  readonly signedInAt: string;
}

export interface SessionWatch {
  /** Asks now: for after a 401 of the page's own. Resolves when that has been answered; never rejects. */
  check(): Promise<void>;
  stop(): void;
}

const NOBODY = "";
/** Milliseconds until an unanswered question is asked again. Doubles, up to the second. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [1_000, 30_000];

/**
 * Notices that the user of this page has signed out, wherever that was: when the page is looked at again, when it
 * comes back from the back/forward cache, and when another tab says so.
 *
 * Browsers keep a page that is left, and Back shows it as it was before a script can ask anything. So a page that
 * shows somebody's data is hidden as it is left. It is shown again when `/auth/session` names the same account and
 * sign-in; as long as there is no answer (5xx, no network) it stays hidden, and asks again.
 *
 * @param options.prefix What the app's routes begin with (`routePrefix` in host.json), such as `/api`. Default: nothing.
 * @param options.session Who the page shows, if that is known. Without it, the first answer tells.
 * @param options.onSignedOut Called once, also when somebody else is signed in by now. A hidden page is shown when
 * what it returns has resolved: by then nothing private may be left on it.
 */
export function watchSession(options: {
  prefix?: string | undefined;
  session?: KnownSession | undefined;
  onSignedOut: () => unknown;
}): SessionWatch {
  /** The sign-in that the page shows, or {@link NOBODY}; undefined until somebody has said. */
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

  /** Whatever has been asked is forgotten. */
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
    // The answer to the form has come: it may have been a sign-out.
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

/** @returns undefined when there is no telling */
async function ask(prefix: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch([prefix, "auth/session"].join("/"), { signal, cache: "no-store" });
    if (response.status !== 200) return undefined;
    const session = await response.json();
    return session.signedIn ? keyOf(session) : NOBODY;
  } catch {
    return undefined;
  }
}

/** Hides the whole document. @returns what shows it again, where it was scrolled to */
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
