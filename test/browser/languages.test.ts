import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { type Rig, startRig } from "../../local/rig.ts";
import { LANGUAGES } from "../../src/shared/web/languages/languages.ts";
import { eventually } from "../support/eventually.ts";
import { sessionCookieOf, signedInBrowser } from "../support/user.ts";
import { launchAsBrowser } from "./chromium.ts";
import { describeIn } from "./describeIn.ts";
import { launchFirefox } from "./firefox.ts";
import { type Seen, seenAt, startWall, type Wall } from "./wall.ts";
import { launchWebKit } from "./webkit.ts";

/** What somebody signed in can open. */
const PATHS = ["/", "/auth/sessions", "/auth/signout", "/auth/signin?prompt=nonsense"];
/** The narrowest that content has to fit (WCAG 2.2, 1.4.10 Reflow), and a phone with text at twice the size (1.4.4). */
const SIZES = [
  { width: 320, text: "100%" },
  { width: 390, text: "200%" },
];
const PAGES = LANGUAGES.flatMap(({ tag, dir }) =>
  PATHS.map((path) => ({ path, tag, dir, widths: SIZES.map(({ width }) => width) })),
);
/** Milliseconds: others may be at work on the machine. */
const PATIENCE_MS = 120_000;

// WebKit's driver leaves a request without an answer now and then: then the test begins anew.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

let rig: Rig;
let wall: Wall;
beforeAll(async () => {
  rig = await startRig();
  wall = await startWall(rig.url, sessionCookieOf(rig, await signedInBrowser(rig)), PAGES);
}, PATIENCE_MS);
afterAll(async () => {
  await wall?.stop();
  await rig?.stop();
});

const ENGINES = {
  Chromium: () => launchAsBrowser({ thirdPartyCookies: "blocked" }),
  Firefox: launchFirefox,
  WebKit: launchWebKit,
};

describe.each(["Chromium", "Firefox", "WebKit"] as const)("in %s", (name) => {
  describeIn(name)("pages", () => {
    it(
      "in every language need no scrolling sideways, and say which language they are in",
      async () => {
        const browser = await ENGINES[name]();
        try {
          const page = await browser.newPage();
          await page.open(wall.url);
          let answer: unknown;
          await eventually(async () => {
            answer = await page.read(seenAt(SIZES));
            return typeof answer === "string";
          });
          const seen: readonly Seen[] = JSON.parse(String(answer));
          expect(seen.map((one, n) => ({ ...PAGES[n], ...one }))).toEqual(PAGES);
        } finally {
          await browser.close();
        }
      },
      PATIENCE_MS,
    );
  });
});
