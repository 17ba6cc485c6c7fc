import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Html, html } from "../../../src/shared/web/pages/html.ts";
import { unescaped } from "../../support/markup.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("<", ">", '"', "'", "&", "a", "/", "$", "`", "{", "amp;") }),
);

describe("html", () => {
  it.each<[Parameters<typeof html>[1], string]>([
    ["text", "text"],
    ["<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"],
    ["&amp;", "&amp;amp;"],
    [0, "0"],
    [Number.NaN, "NaN"],
    ["", ""],
    [undefined, ""],
    [null, ""],
    [false, ""],
    [[], ""],
    [["a", ["<", html`<i>`], null], "a&lt;<i>"],
    [html`<b>${"<"}</b>`, "<b>&lt;</b>"],
    ["$& $1 $$", "$&amp; $1 $$"],
  ])("renders %p", (value, expected) => {
    expect(html`${value}`.toString()).toBe(expected);
  });

  it("keeps its own text", () => {
    expect(html`<a href="${"x"}">${1}${2}</a>\n`.toString()).toBe('<a href="x">12</a>\n');
  });

  it("lets no value out of its place", () => {
    fc.assert(
      fc.property(text, (value) => {
        const page = html`<a title="${value}" id='${value}'>${value}</a>`.toString();
        const [, ...values] =
          /^<a title="([^"<>]*)" id='([^'<>]*)'>([^<>]*)<\/a>$/.exec(page) ?? [];
        expect(values.map(unescaped)).toEqual([value, value, value]);
      }),
    );
  });

  it("takes nothing for HTML but what it made", () => {
    const lookalikes = [{ toString: () => "<b>" }, JSON.parse('{"text":"<b>"}'), Object("<b>")];
    for (const value of [...lookalikes, new String("<b>")]) {
      expect(html`${value as string}`.toString()).not.toContain("<b>");
    }
    expect(html`${new Html("<b>")}`.toString()).toBe("<b>");
  });
});
