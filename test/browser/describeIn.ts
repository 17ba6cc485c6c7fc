import { describe } from "@jest/globals";
import { hasChromium, hasWholeChromium, MISSING } from "./chromium.ts";
import { findFirefox } from "./firefox.ts";
import { hasWebKit } from "./webkit.ts";

const BROWSERS = {
  Chromium: { isThere: hasChromium, missing: MISSING },
  "whole Chromium": {
    isThere: hasWholeChromium,
    missing: "Install Debian's chromium, or set CHROMIUM_PATH to a Chromium or Chrome.",
  },
  Firefox: {
    isThere: () => findFirefox() !== undefined,
    missing: "Install Debian's firefox-esr or Ubuntu's firefox, or set FIREFOX_PATH to a Firefox.",
  },
  WebKit: { isThere: hasWebKit, missing: "Install webkit2gtk-driver and xvfb." },
};

/**
 * `describe` for tests in a browser: skipped where it is missing. `CI` demands Chromium, `BROWSERS=all` every
 * one: there its tests run, and fail.
 */
export function describeIn(name: keyof typeof BROWSERS): typeof describe | typeof describe.skip {
  const { isThere, missing } = BROWSERS[name];
  const isDemanded =
    process.env.BROWSERS === "all" || (name.endsWith("Chromium") && process.env.CI);
  if (isThere() || isDemanded) return describe;
  console.warn(`Tests in ${name} are skipped. ${missing}`);
  return describe.skip;
}
