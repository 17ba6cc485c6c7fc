import { describe } from "@jest/globals";
import { hasChromium, MISSING } from "./chromium.ts";

/** `describe` for tests that need a browser: skipped where there is none, failing there in CI. */
export const describeInBrowser = hasChromium() || process.env.CI ? describe : skipped();

function skipped(): typeof describe.skip {
  console.warn(`Browser tests are skipped. ${MISSING}`);
  return describe.skip;
}
