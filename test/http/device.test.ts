import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { deviceOf } from "../../src/shared/http/device.ts";

const LIKE = "Mozilla/5.0";
const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";

describe("deviceOf", () => {
  it.each<[string | null, string]>([
    [
      `${LIKE} (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`,
      "Chrome · Windows",
    ],
    [
      `${LIKE} (Windows NT 10.0) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
      "Edge · Windows",
    ],
    [`${LIKE} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0`, "Firefox · Linux"],
    [
      `${LIKE} (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.0 Safari/605.1.15`,
      "Safari · macOS",
    ],
    [
      `${LIKE} (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${WEBKIT} Version/18.0 Mobile/15E148 Safari/604.1`,
      "Safari · iOS",
    ],
    [
      `${LIKE} (iPad; CPU OS 18_0 like Mac OS X) ${WEBKIT} CriOS/141.0 Mobile/15E148 Safari/604.1`,
      "Chrome · iOS",
    ],
    [
      `${LIKE} (Linux; Android 10; K) ${WEBKIT} Chrome/141.0.0.0 Mobile Safari/537.36`,
      "Chrome · Android",
    ],
    [
      `${LIKE} (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36 OPR/120.0`,
      "Opera · ChromeOS",
    ],
    ["curl/8.5.0", ""],
    ["", ""],
    [null, ""],
  ])("%s", (userAgent, expected) => {
    expect(deviceOf(userAgent)).toBe(expected);
  });

  it("says nothing that the browser made up", () => {
    const known =
      /^(Edge|Opera|Firefox|Chrome|Safari)?( · )?(iOS|Android|Windows|macOS|ChromeOS|Linux)?$/;
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (userAgent) => {
        expect(deviceOf(userAgent)).toMatch(known);
      }),
    );
  });
});
