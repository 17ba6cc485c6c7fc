import { describe, expect, it } from "@jest/globals";
import { GUIDE } from "../../../src/guide.ts";
import type { Language } from "../../../src/shared/web/languages/language.ts";
import { LANGUAGES, languageOf } from "../../../src/shared/web/languages/languages.ts";
import { foreign, type Html } from "../../../src/shared/web/pages/html.ts";

const [english] = LANGUAGES;

/** The table of a language, with the guide of the local set-up. */
const tableOf = (language: Language) => ({
  ...language,
  guide: GUIDE[language.tag as keyof typeof GUIDE],
});

/** What a sentence says, by its path in the table, with marks for its parts. */
function sentencesOf(table: object, path = ""): Map<string, string> {
  const said = new Map<string, string>();
  for (const [name, value] of Object.entries(table)) {
    const key = `${path}${name}`;
    if (typeof value === "function") {
      said.set(key, String(value(PARTS.get(key) ?? foreign("part"))));
    } else if (typeof value === "object") {
      for (const entry of sentencesOf(value, `${key}.`)) said.set(...entry);
    } else said.set(key, String(value));
  }
  return said;
}

const PARTS = new Map<string, unknown>([
  ["guide.openOther", (text: string) => foreign(`part ${text}`)],
  ["signedInSince", "part"],
  ["details.requestTooLarge", 42],
  ["details.providerUnavailable", 42],
  ...["malformedParameter", "unknownState", "requestRefused", "credentialRefused"].map(
    (name) => [`details.${name}`, "part"] as const,
  ),
]);

/** Arabic has digits of its own. */
const inDigits = (text = "") =>
  text.replace(/[٠-٩]/g, (digit) => String("٠١٢٣٤٥٦٧٨٩".indexOf(digit)));

/** The same in more than one language. */
const SHARED = new Set(["session", "dir", "tag"]);

describe.each(LANGUAGES.map((language) => [language.tag, language] as const))(
  "%s",
  (tag, language) => {
    const said = sentencesOf(tableOf(language));

    it("is a language that dates and numbers are known in, and its direction is right", () => {
      expect(Intl.getCanonicalLocales(tag)).toEqual([tag]);
      expect(Intl.DateTimeFormat.supportedLocalesOf(tag)).toEqual([tag]);
      expect(Intl.RelativeTimeFormat.supportedLocalesOf(tag)).toEqual([tag]);
      expect(language.dir).toBe(tag === "ar" ? "rtl" : "ltr");
    });

    it("says each thing once, in one line, and every part of it", () => {
      for (const [name, sentence] of said) {
        expect([name, sentence]).toEqual([name, sentence.trim()]);
        expect([name, sentence]).toEqual([name, expect.stringMatching(/^[^\n]+$/)]);
        expect([name, sentence]).not.toEqual([
          name,
          expect.stringMatching(/undefined|\[object| {2}/),
        ]);
      }
      for (const [name, text] of sentencesOf(tableOf(english))) {
        const [part] = /part|42/.exec(text) ?? [];
        if (part === undefined) continue;
        const sentence = inDigits(said.get(name));
        expect([name, sentence]).toEqual([name, expect.stringContaining(part)]);
      }
    });

    it("speaks of http to whoever has it, and to nobody else", () => {
      const names = [...said].filter(([, text]) => /\bhttp/i.test(text)).map(([name]) => name);
      expect(names).toEqual(["details.expiredOverHttp"]);
    });

    it("says it in its own words", () => {
      if (language === (english as Language)) return;
      const borrowed = [...sentencesOf(tableOf(english))].filter(
        ([name, text]) => !SHARED.has(name) && said.get(name) === text,
      );
      expect(borrowed.map(([name]) => name)).toEqual([]);
    });

    it("has a sentence for who has no name, and for an outage of unknown length", () => {
      for (const say of [language.whereSignedIn, language.linkForSomebodyElse]) {
        const nameless = String(say(undefined));
        expect(nameless).not.toMatch(/undefined|<bdi>| {2}/);
        expect(nameless).not.toBe(String(say(foreign("Adele") as Html)));
      }
      expect(language.details.providerUnavailable(undefined)).not.toMatch(/undefined|NaN/);
    });
  },
);

it.each<[string[], string]>([
  [[], "en"],
  [["de"], "de"],
  [["de-AT", "en"], "de"],
  [["KO-kr"], "ko"],
  [["pt-BR", "pt", "fr", "en"], "fr"],
  [["zh-Hant-TW"], "en"],
  [["*"], "en"],
  [["pt", "*", "fr"], "en"],
  [["ar-EG-u-nu-latn"], "ar"],
  [["end", "enx"], "en"],
  [["deu"], "en"],
])("languageOf %j is answered in %s", (accepted, tag) => {
  expect(languageOf(accepted).tag).toBe(tag);
});
