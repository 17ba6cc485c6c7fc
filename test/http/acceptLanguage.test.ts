import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { acceptedLanguages, uiLocales } from "../../src/shared/http/acceptLanguage.ts";
import { request } from "../support/request.ts";

const asking = (header: string) => request("/", { headers: { "Accept-Language": header } });

describe("acceptedLanguages", () => {
  it.each<[string, string[]]>([
    ["de", ["de"]],
    ["de-AT, de;q=0.9, en;q=0.8", ["de-AT", "de", "en"]],
    ["en;q=0.3,fr;q=0.7", ["fr", "en"]],
    ["en ; q=0.5 , fr\t;\tQ=0.50", ["en", "fr"]],
    ["da, en-gb;q=0.8, en;q=0.7, *;q=0.1", ["da", "en-gb", "en", "*"]],
    ["en;q=0, de;q=0.001", ["de"]],
    ["en;q=0.000", []],
    ["*", ["*"]],
    ["zh-Hant-TW", ["zh-Hant-TW"]],
    ["en;q=1.1, en;q=2, en;q=-1, en;q=x, en;q=0.1234, e_n, <b>, de", ["de"]],
    ["", []],
    [",,", []],
  ])("%s", (header, expected) => {
    expect(acceptedLanguages(asking(header))).toEqual(expected);
  });

  it("is nothing where nothing is asked for", () => {
    expect(acceptedLanguages(request())).toEqual([]);
  });

  it("takes the languages by weight, and equal ones as they come", () => {
    const tag = fc.stringMatching(/^[a-z]{2}(-[A-Z]{2})?$/);
    const ranges = fc.array(fc.tuple(tag, fc.integer({ min: 1, max: 1_000 })), { maxLength: 12 });
    fc.assert(
      fc.property(ranges, (asked) => {
        const header = asked.map(([tag, weight]) => `${tag};q=${(weight / 1_000).toFixed(3)}`);
        const sorted = [...asked].sort((a, b) => b[1] - a[1]).map(([tag]) => tag);
        expect(acceptedLanguages(asking(header.join(",")))).toEqual(sorted);
      }),
    );
  });

  it("has no trouble with anything else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (header) => {
        const odd = { ...request(), headers: { get: () => header } };
        for (const tag of acceptedLanguages(odd)) expect(tag).toMatch(/^[A-Za-z\d-]+$|^\*$/);
      }),
    );
  });
});

it.each<[string, string | undefined]>([
  ["de-AT, en;q=0.8, *;q=0.1", "de-AT en"],
  ["*", undefined],
  ["", undefined],
  [Array(12).fill("ko").join(), Array(10).fill("ko").join(" ")],
])("uiLocales of %s", (header, expected) => {
  expect(uiLocales(asking(header))).toBe(expected);
});
