import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bidi } from "./bidi.ts";
import { type Browser, Page, type Tab } from "./page.ts";
import { startProgram } from "./program.ts";
import { RefusedCommand } from "./refusedCommand.ts";

const PATHS = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

/** All that is not this machine goes to a proxy that is not there. */
const PREFERENCES = {
  "network.proxy.type": 1,
  "network.proxy.http": "127.0.0.1",
  "network.proxy.http_port": 1,
  "network.proxy.ssl": "127.0.0.1",
  "network.proxy.ssl_port": 1,
};

/** Where Firefox is: in `FIREFOX_PATH`, or where Debian and Ubuntu put it. */
export function findFirefox(): string | undefined {
  return process.env.FIREFOX_PATH || PATHS.find(existsSync);
}

/** A fresh Firefox, driven by WebDriver BiDi. */
export async function launchFirefox(): Promise<Browser> {
  const program = await startProgram(findFirefox() ?? "firefox", async (profile) => {
    const lines = Object.entries(PREFERENCES).map(
      (entry) => `user_pref(${JSON.stringify(entry).slice(1, -1)});`,
    );
    await writeFile(join(profile, "user.js"), lines.join("\n"));
    return ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
  });
  try {
    const [, url] = await program.says(/WebDriver BiDi listening on (\S+)/);
    const bidi = await Bidi.connect(`${url}/session`);
    await bidi.send("session.new", { capabilities: {} });
    return {
      async newPage() {
        const { context } = await bidi.send("browsingContext.create", { type: "tab" });
        return new Page(tab(bidi, context as string));
      },
      close: () => program.stop(),
    };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/** Firefox drops a click on what it has not painted yet. */
const PAINTED =
  "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))";

function tab(bidi: Bidi, context: string): Tab {
  const evaluate = async (expression: string): Promise<unknown> => {
    const params = { expression, target: { context }, awaitPromise: true };
    const answer = await bidi.send("script.evaluate", params);
    if (answer.type === "exception") throw new Error(`It throws: ${expression}`);
    return (answer.result as { value?: unknown }).value;
  };
  return {
    async open(url) {
      await bidi.send("browsingContext.navigate", { context, url });
    },
    async reload() {
      await bidi.send("browsingContext.reload", { context });
    },
    async back() {
      await bidi.send("browsingContext.traverseHistory", { context, delta: -1 });
    },
    evaluate,
    async cookies() {
      const partition = { type: "context", context };
      const { cookies } = await bidi.send("storage.getCookies", { partition });
      return (cookies as { name: string; value: { value: string } }[]).map(({ name, value }) => ({
        name,
        value: value.value,
      }));
    },
    async click(xpath) {
      try {
        await bidi.send("browsingContext.activate", { context });
        await evaluate(PAINTED);
        const locator = { type: "xpath", value: xpath };
        const found = await bidi.send("browsingContext.locateNodes", { context, locator });
        const [element] = found.nodes as { sharedId: string }[];
        if (!element) return false;
        const origin = { type: "element", element: { sharedId: element.sharedId } };
        const actions = [
          { type: "pointerMove", x: 0, y: 0, origin },
          { type: "pointerDown", button: 0 },
          { type: "pointerUp", button: 0 },
        ];
        await bidi.send("input.performActions", {
          context,
          actions: [{ type: "pointer", id: "mouse", actions }],
        });
        return true;
      } catch (error) {
        if (error instanceof RefusedCommand && GONE.has(error.code)) return false;
        throw error;
      }
    },
  };
}

/** A navigation took the element away before it was clicked. */
const GONE = new Set(["no such node", "stale element reference", "no such frame", "unknown error"]);
