import { existsSync } from "node:fs";
import { Parts } from "../../local/parts.ts";
import { freePort } from "../../local/ports.ts";
import { eventually } from "../support/eventually.ts";
import { type Browser, Page, type Tab } from "./page.ts";
import { startProgram } from "./program.ts";
import { RefusedCommand } from "./refusedCommand.ts";
import { WebDriver } from "./webdriver.ts";

const DRIVER = "/usr/bin/WebKitWebDriver";
const DISPLAY = "/usr/bin/Xvfb";

const ATTEMPTS = 3;

/** All that is not this machine goes to a proxy that is not there. */
const CAPABILITIES = {
  acceptInsecureCerts: true,
  pageLoadStrategy: "none",
  proxy: {
    proxyType: "manual",
    httpProxy: "127.0.0.1:1",
    sslProxy: "127.0.0.1:1",
    noProxy: ["localhost", "*.localhost", "127.0.0.1"],
  },
};

export function hasWebKit(): boolean {
  return existsSync(DRIVER) && existsSync(DISPLAY);
}

/** A fresh WebKitGTK, driven by WebDriver. */
export async function launchWebKit(): Promise<Browser> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch();
    } catch (error) {
      // The driver's first answer: once in a while it never comes.
      if (!isTimeout(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === "TimeoutError";

/** It knows no headless mode, so it gets a display of its own. */
async function launch(): Promise<Browser> {
  const parts = new Parts();
  try {
    const display = await parts.add(
      startProgram(DISPLAY, () => ["-displayfd", "1", "-nolisten", "tcp"]),
    );
    const [, number] = await display.says(/^(\d+)$/m);
    const port = await freePort();
    await parts.add(
      startProgram(DRIVER, () => [`--port=${port}`], {
        DISPLAY: `:${number}`,
        GST_PLUGIN_SYSTEM_PATH_1_0: "",
        GSETTINGS_BACKEND: "memory",
      }),
    );
    const url = `http://127.0.0.1:${port}`;
    const driver = new WebDriver(url);
    await eventually(() =>
      driver.send("GET", "/status").then(
        () => true,
        () => false,
      ),
    );
    const { sessionId } = await driver.send<{ sessionId: string }>("POST", "/session", {
      capabilities: { alwaysMatch: CAPABILITIES },
    });
    const session = new WebDriver(`${url}/session/${sessionId}`);
    await parts.add(Promise.resolve({ stop: () => session.send<void>("DELETE", "") }));
    return {
      async newPage() {
        const { handle } = await session.send<{ handle: string }>("POST", "/window/new", {
          type: "window",
        });
        return new Page(tab(session, handle));
      },
      close: () => parts.stop(),
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

function tab(session: WebDriver, handle: string): Tab {
  /** Commands go to the tab that was chosen last. */
  const send = async <T>(path: string, parameters?: object): Promise<T> => {
    await session.send("POST", "/window", { handle });
    return session.send<T>(parameters ? "POST" : "GET", path, parameters);
  };
  return {
    open: (url) => send("/url", { url }),
    reload: () => send("/refresh", {}),
    back: () => send("/back", {}),
    evaluate: (expression) => send("/execute/sync", { script: `return ${expression}`, args: [] }),
    cookies: () => send("/cookie"),
    async click(xpath) {
      try {
        const element = await send<Record<string, string>>("/element", {
          using: "xpath",
          value: xpath,
        });
        await send(`/element/${Object.values(element)[0]}/click`, {});
        return true;
      } catch (error) {
        if (error instanceof RefusedCommand && GONE.has(error.code)) return false;
        throw error;
      }
    },
  };
}

/** Not there yet, or a navigation took it away before it was clicked. */
const GONE = new Set(["no such element", "stale element reference", "no such node"]);
