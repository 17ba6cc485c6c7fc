import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { deviceOf } from "../../src/shared/http/device.ts";

const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0";
const SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0";
const WINDOWS = "Windows NT 10.0; Win64; x64";
const MAC = "Macintosh; Intel Mac OS X 10_15_7";
const IPHONE = "iPhone; CPU iPhone OS 18_0 like Mac OS X";

describe("deviceOf", () => {
  it.each([
    [`(${WINDOWS}) ${CHROME} Safari/537.36`, "Chrome · Windows"],
    [`(${WINDOWS}) ${CHROME} Safari/537.36 Edg/141.0.0.0`, "Edge · Windows"],
    ["(X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"],
    [`(${MAC}) ${SAFARI} Safari/605.1.15`, "Safari · macOS"],
    [`(${IPHONE}) ${SAFARI} Mobile/15E148 Safari/604.1`, "Safari · iOS"],
    ["(iPad; CPU OS 18_0 like Mac OS X) CriOS/141.0 Mobile/15E148 Safari/604.1", "Chrome · iOS"],
    [`(Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`, "Chrome · Android"],
    [`(X11; CrOS x86_64 14541.0.0) ${CHROME} Safari/537.36 OPR/120.0`, "Opera · ChromeOS"],
  ])("Mozilla/5.0 %s", (userAgent, expected) => {
    expect(deviceOf(`Mozilla/5.0 ${userAgent}`)).toBe(expected);
  });

  it.each(["curl/8.5.0", "", null])("knows nothing of %j", (userAgent) => {
    expect(deviceOf(userAgent)).toBe("");
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
