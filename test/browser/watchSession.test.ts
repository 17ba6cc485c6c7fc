import { createContext, runInContext } from "node:vm";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { bundleForBrowser } from "../../scripts/page-script/bundle.ts";

const CODE = bundleForBrowser("watchSession.ts", "iife", "lightsout");

type Reply = object | number | "down";
interface Watch {
  check(): Promise<void>;
  stop(): void;
}

/** Everything that is waiting in the event loop has run. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** The window of a page: what the module finds of it, and no more. */
class FakeWindow extends EventTarget {
  readonly document = Object.assign(new EventTarget(), {
    visibilityState: "visible",
    documentElement: { style: new FakeStyle() },
  });
  readonly fetched: string[] = [];
  readonly timers: { run: () => void; after: number }[] = [];
  readonly channel = { sent: 0, closed: false, onmessage: () => {} };
  scrollX = 0;
  scrollY = 120;
  scrolledTo: unknown;
  reply: Reply | Promise<Reply> = ADELE;
  signedOut = 0;
  onSignedOut: () => unknown = () => {};

  watch(session?: object, prefix?: string): Watch {
    const { channel } = this;
    const globals = {
      window: this,
      document: this.document,
      addEventListener: this.addEventListener.bind(this),
      removeEventListener: this.removeEventListener.bind(this),
      scrollX: 0,
      scrollY: 120,
      scrollTo: (place: unknown) => {
        this.scrolledTo = place;
      },
      AbortController,
      BroadcastChannel: class {
        set onmessage(listener: () => void) {
          channel.onmessage = () => {
            if (!channel.closed) listener();
          };
        }
        postMessage() {
          channel.sent++;
        }
        close() {
          channel.closed = true;
        }
      },
      setTimeout: (run: () => void, after: number) => this.timers.push({ run, after }),
      clearTimeout: (id: number) => delete this.timers[id - 1],
      fetch: async (path: string, { signal }: { signal: AbortSignal }) => {
        this.fetched.push(path);
        const reply = await this.reply;
        signal.throwIfAborted();
        if (reply === "down") throw new TypeError("Failed to fetch");
        return typeof reply === "number"
          ? { status: reply, json: async () => ({}) }
          : { status: 200, json: async () => reply, ...reply };
      },
    };
    const context = createContext(globals);
    runInContext(CODE, context);
    return context.lightsout.watchSession({
      prefix,
      session,
      onSignedOut: () => {
        this.signedOut++;
        return this.onSignedOut();
      },
    });
  }

  get visible(): boolean {
    return this.document.documentElement.style.display !== "none !important";
  }

  async happens(type: string, on: EventTarget = this): Promise<void> {
    on.dispatchEvent(new Event(type, { cancelable: true }));
    await settled();
  }

  /** Left, and back again from the cache. */
  async comesBack(): Promise<void> {
    await this.happens("pagehide");
    await this.happens("pageshow");
  }
}

class FakeStyle {
  display = "";
  getPropertyValue = () => this.display.replace(" !important", "");
  getPropertyPriority = () => (this.display.includes("!") ? "important" : "");
  setProperty = (_: "display", value: string, priority: string) => {
    this.display = priority ? `${value} !${priority}` : value;
  };
}

const SESSION = { account: { homeAccountId: "adele" }, signedInAt: "2027-01-15T12:00:00.000Z" };
const ADELE = { signedIn: true, ...SESSION };
const NOBODY = { signedIn: false, signInUrl: "https://app.example.com/auth/signin" };
const UNBOUND = { status: 403, type: "urn:lightsout:problem:session-unbound" };
const OTHERS: [string, object][] = [
  ["nobody", NOBODY],
  ["another account", { ...ADELE, account: { homeAccountId: "alex" } }],
  ["a later sign-in", { ...ADELE, signedInAt: "2027-01-15T13:00:00.000Z" }],
  ["nobody, as the browser does not bind its session", UNBOUND],
];
const UNKNOWN: [string, Reply][] = [
  ["500", 500],
  ["503", 503],
  ["404", 404],
  ["403 of something in front of the app", 403],
  ["no network", "down"],
];

let page: FakeWindow;
beforeEach(() => {
  page = new FakeWindow();
});

const SIGNS: [string, () => Promise<void> | void][] = [
  ["focus", () => page.happens("focus")],
  ["visibilitychange", () => page.happens("visibilitychange", page.document)],
  ["another tab's message", () => page.channel.onmessage()],
];

describe.each(SIGNS)("by %s", (name, sign) => {
  it.each(OTHERS)("notices that %s is signed in, once", async (_, answer) => {
    page.watch(SESSION);
    page.reply = answer;
    await sign();
    await settled();
    await sign();
    await page.comesBack();
    expect(page.signedOut).toBe(1);
    expect(page.fetched).toEqual(["/auth/session"]);
    // Whoever was told has nobody to tell.
    expect(page.channel).toMatchObject({ sent: name.includes("message") ? 0 : 1, closed: true });
  });

  it.each(UNKNOWN)("takes %s for no sign-out", async (_, answer) => {
    page.watch(SESSION);
    page.reply = answer;
    await sign();
    await settled();
    expect(page.fetched).toHaveLength(1);
    expect([page.signedOut, page.visible]).toEqual([0, true]);
    // Another tab says once that something has happened; the rest comes again.
    expect(page.timers).toHaveLength(name.includes("message") ? 1 : 0);
    page.reply = NOBODY;
    page.timers[0]?.run();
    await settled();
    expect(page.signedOut).toBe(page.timers.length);
  });

  it("asks nothing any more once it is stopped", async () => {
    const watch = page.watch(SESSION);
    watch.stop();
    await sign();
    await watch.check();
    await page.comesBack();
    expect([page.fetched, page.visible]).toEqual([[], true]);
  });
});

describe("check", () => {
  it("is for a 401 of the page's own", async () => {
    const watch = page.watch(SESSION);
    page.reply = NOBODY;
    await watch.check();
    expect([page.signedOut, page.channel.sent]).toEqual([1, 1]);
  });

  it("hears the last answer alone", async () => {
    const watch = page.watch(SESSION);
    const { promise, resolve } = Promise.withResolvers<Reply>();
    page.reply = promise;
    const first = watch.check();
    page.reply = ADELE;
    await watch.check();
    resolve(NOBODY);
    await first;
    expect(page.signedOut).toBe(0);
  });
});

describe("a page from the cache", () => {
  it("is hidden as it is left, and shown when the same sign-in is named", async () => {
    page.watch(SESSION);
    await page.happens("pagehide");
    expect(page.visible).toBe(false);
    const { promise, resolve } = Promise.withResolvers<Reply>();
    page.reply = promise;
    await page.happens("pageshow");
    expect(page.visible).toBe(false);
    resolve(ADELE);
    await settled();
    expect([page.visible, page.signedOut]).toEqual([true, 0]);
    expect(page.scrolledTo).toMatchObject({ top: 120 });
    await page.happens("pagehide");
    expect(page.visible).toBe(false);
  });

  it.each(OTHERS)("is shown for %s only when onSignedOut is done", async (_, answer) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    page.onSignedOut = () => promise;
    page.watch(SESSION);
    page.reply = answer;
    await page.comesBack();
    expect([page.visible, page.signedOut]).toEqual([false, 1]);
    resolve();
    await settled();
    expect([page.visible, page.signedOut]).toEqual([true, 1]);
  });

  it.each(UNKNOWN)("stays hidden at %s, and asks again", async (_, answer) => {
    page.watch(SESSION);
    page.reply = answer;
    await page.comesBack();
    for (const after of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      expect([page.visible, page.signedOut]).toEqual([false, 0]);
      const timer = page.timers.at(-1);
      expect(timer?.after).toBe(after);
      timer?.run();
      await settled();
    }
    page.reply = ADELE;
    page.timers.at(-1)?.run();
    await settled();
    expect([page.visible, page.signedOut]).toEqual([true, 0]);
  });

  it("is not shown by an answer to what was asked before it was left", async () => {
    page.watch(SESSION);
    const { promise, resolve } = Promise.withResolvers<Reply>();
    page.reply = promise;
    await page.happens("focus");
    await page.happens("pagehide");
    resolve(ADELE);
    await settled();
    expect(page.visible).toBe(false);
  });

  it("is left hidden also between a sign-out and what follows from it", async () => {
    page.onSignedOut = () => new Promise(() => {});
    page.watch(SESSION);
    page.reply = NOBODY;
    await page.happens("focus");
    await page.happens("pagehide");
    expect(page.visible).toBe(false);
  });

  it("keeps a display of its own", async () => {
    page.document.documentElement.style.display = "grid";
    page.watch(SESSION);
    await page.comesBack();
    expect(page.document.documentElement.style.display).toBe("grid");
  });
});

describe("without a session named", () => {
  it("the first answer tells whose page it is", async () => {
    page.watch();
    await settled();
    await page.happens("focus");
    expect([page.fetched.length, page.signedOut]).toEqual([2, 0]);
    page.reply = NOBODY;
    await page.happens("focus");
    expect(page.signedOut).toBe(1);
  });

  it("a page of nobody's is neither hidden nor signed out", async () => {
    page.reply = NOBODY;
    page.watch();
    await settled();
    await page.happens("focus");
    await page.happens("pagehide");
    expect([page.visible, page.signedOut]).toEqual([true, 0]);
  });

  it("asks until it knows", async () => {
    page.reply = 503;
    page.watch();
    await settled();
    page.reply = ADELE;
    page.timers.at(-1)?.run();
    await settled();
    page.reply = NOBODY;
    await page.happens("focus");
    expect(page.signedOut).toBe(1);
  });

  it("a page that was left before it knew is shown as nobody's", async () => {
    page.reply = 503;
    page.watch();
    await settled();
    page.reply = ADELE;
    await page.comesBack();
    expect(page.signedOut).toBe(1);
  });
});

describe("a form that was sent", () => {
  it("is told to other tabs once its answer has come", async () => {
    page.watch(SESSION);
    await page.happens("submit");
    expect(page.channel.sent).toBe(0);
    await page.happens("pagehide");
    expect(page.channel.sent).toBe(1);
  });

  it("is none when a script has taken it over", async () => {
    page.watch(SESSION);
    const event = new Event("submit", { cancelable: true });
    event.preventDefault();
    page.dispatchEvent(event);
    await page.happens("pagehide");
    expect(page.channel.sent).toBe(0);
  });
});

it("asks below the prefix of the app's routes", async () => {
  page.watch(undefined, "/api");
  await settled();
  expect(page.fetched).toEqual(["/api/auth/session"]);
});
