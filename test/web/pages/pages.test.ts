import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { pageScriptModule } from "../../../scripts/page-script/bundle.ts";
import { guideTo } from "../../../src/guide.ts";
import { AT_ROOT } from "../../../src/shared/config/address.ts";
import { en } from "../../../src/shared/web/languages/en.ts";
import { errorPage } from "../../../src/shared/web/pages/errorPage.ts";
import { signedInHome, signedOutHome } from "../../../src/shared/web/pages/homePage.ts";
import { html } from "../../../src/shared/web/pages/html.ts";
import { ICON } from "../../../src/shared/web/pages/icon.ts";
import { layout } from "../../../src/shared/web/pages/layout.ts";
import { SCRIPT, SCRIPT_HASH } from "../../../src/shared/web/pages/script.ts";
import { sessionsPage } from "../../../src/shared/web/pages/sessionsPage.ts";
import { signedOutPage } from "../../../src/shared/web/pages/signedOutPage.ts";
import { signOutFailedPage, signOutPage } from "../../../src/shared/web/pages/signOutPage.ts";
import { STYLE, STYLE_HASH } from "../../../src/shared/web/pages/style.ts";
import { switchAccountPage } from "../../../src/shared/web/pages/switchAccountPage.ts";
import * as responses from "../../../src/shared/web/responses.ts";
import type { View } from "../../../src/shared/web/view.ts";
import { tagsOf, unescaped } from "../../support/markup.ts";
import { settings } from "../../support/settings.ts";

const NOW = Date.UTC(2027, 0, 15, 12);
const SESSION = {
  account: { homeAccountId: "oid.tid" },
  signedInAt: NOW,
  expiresAt: NOW + 750 * 60_000,
};
const PROBLEM = { type: "t", title: "Title", status: 400, detail: "It's <so>." };
/** One session of the account's. */
const one = (changes: object = {}) => ({
  key: "k",
  device: "Firefox",
  signedInAt: NOW,
  expiresAt: NOW,
  current: true,
  bound: false,
  ...changes,
});
const VIEW: View = { ...AT_ROOT, appName: "Contoso", language: en };

/** Every page, with one text wherever a page shows what is not ours. */
const pages: Record<string, (text: string) => string> = {
  signedInHome: (text) =>
    signedInHome(VIEW, {
      session: { ...SESSION, account: { homeAccountId: text } },
      name: text,
      username: text,
      profile: { displayName: text, mail: text, jobTitle: text, officeLocation: text },
      hasPhoto: true,
      aside: guideTo(text)(VIEW, true),
    }),
  withoutProfile: (text) =>
    signedInHome(VIEW, {
      session: { ...SESSION, account: { homeAccountId: text } },
      name: text,
      username: text,
      profile: undefined,
      hasPhoto: true,
    }),
  signedOutHome: (text) => signedOutHome(VIEW, guideTo(text)(VIEW, false)),
  sessions: (text) => {
    const account = { homeAccountId: text };
    const sessions = [one({ device: text, bound: true }), one({ device: text, current: false })];
    return sessionsPage(VIEW, { account, signedInAt: NOW }, text, sessions, NOW, true);
  },
  error: (text) => errorPage(VIEW, { type: text, title: text, status: 400, detail: text }, text),
  switchAccount: (text) =>
    switchAccountPage(VIEW, { ...SESSION, account: { homeAccountId: text } }, text, text, text),
  signOut: () => signOutPage(VIEW, true),
  signedOut: (text) => signedOutPage({ ...VIEW, appName: text }, "accepted"),
  signOutFailed: () => signOutFailedPage(VIEW, true),
  layout: (text) => layout(VIEW, { title: text, content: html`${text}` }),
};

describe.each(Object.entries(pages))("%s", (_, render) => {
  it("is a whole page with a title", () => {
    const page = render("text");
    expect(page).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr"( data-session="[^"]+")?>/);
    expect(page).toMatch(/<title>.+ · (Contoso|text)<\/title>/);
    expect(page).toMatch(/<h1>.+<\/h1>|text/);
  });

  it("has one style element, whose hash is the one in the policy", () => {
    const styles = [...render("text").matchAll(/<style>([\s\S]*?)<\/style>/g)];
    const hashes = styles.map(([, css]) =>
      createHash("sha256")
        .update(css ?? "")
        .digest("base64"),
    );
    expect(hashes.map((hash) => `sha256-${hash}`)).toEqual([STYLE_HASH]);
  });

  it("has the one script, whose hash is in the policy, or none", () => {
    const page = render("text");
    const policy = responses.page(settings(), page).headers?.["Content-Security-Policy"] ?? "";
    const [, script] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
    const allowed = `script-src '${SCRIPT_HASH}'; connect-src 'self'`;
    expect(script === undefined || script === SCRIPT).toBe(true);
    expect(policy.includes(allowed)).toBe(script !== undefined);
    expect(policy.replace(allowed, "")).not.toMatch(/script-src|connect-src/);
  });

  it("has nothing else that the policy would block: no inline style, or foreign address", () => {
    const tags = render("https://other.example/").match(/<[^>]*>/g) ?? [];
    for (const tag of tags) {
      if (tag === `<link rel="icon" href="${ICON}">`) continue;
      expect(tag).not.toMatch(/^<(script\s|iframe|object|embed|base|link|svg|meta http)/i);
      expect(tag).not.toMatch(/\s(on\w+|style|srcset|formaction)=/i);
      const [, address] = /\s(?:src|action)="([^"]*)"/.exec(tag) ?? [];
      expect(address ?? "/").toMatch(/^\/(?!\/)/);
    }
  });

  it("only posts forms to itself", () => {
    const forms = tagsAndValues(render("text")).filter((tag) => tag.startsWith("<form"));
    for (const form of forms) {
      expect(form).toMatch(/^<form method="post" action="\/auth\/(signout|sessions\/end)">$/);
    }
  });

  it("has the same tags whatever it shows", () => {
    const expected = tagsOf(render("text"));
    const hostile = fc.oneof(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.string({
        unit: fc.constantFrom("<", ">", '"', "'", "=", "script", "/", " ", "&"),
        minLength: 1,
      }),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        expect(tagsOf(render(text))).toEqual(expected);
      }),
    );
  });
});

const tagsAndValues = (page: string) => page.match(/<[^>]*>/g) ?? [];

describe("what the pages say", () => {
  it.each(["signedInHome", "withoutProfile", "sessions", "switchAccount"])(
    "%s: its script is told whose data it shows, as /auth/session says it",
    (name) => {
      const [, attribute = ""] =
        /<html lang="en" dir="ltr" data-session="([^"]*)"/.exec(pages[name]?.('a"<b') ?? "") ?? [];
      expect(JSON.parse(unescaped(attribute))).toEqual({
        account: { homeAccountId: 'a"<b' },
        signedInAt: "2027-01-15T12:00:00.000Z",
      });
    },
  );

  it("the style sheet loads nothing and cannot end its element", () => {
    expect(STYLE).not.toMatch(/url\(|@import|<|\/\//);
  });

  it("the script is what src/browser makes of it (`npm run page-script`), and cannot end its element", () => {
    expect(pageScriptModule()).toContain(`export const SCRIPT = ${JSON.stringify(SCRIPT)};`);
    expect(SCRIPT).not.toContain("<");
    const hash = createHash("sha256").update(SCRIPT).digest("base64");
    expect(SCRIPT_HASH).toBe(`sha256-${hash}`);
  });

  it("home: who is signed in, until when, and how to sign out", () => {
    const page = pages.signedInHome?.("Adele") ?? "";
    expect(page).toContain("<h1><bdi>Adele</bdi></h1>");
    expect(page).toContain(
      'ends <time datetime="2027-01-16T00:30:00.000Z">January 16, 2027 at 12:30 AM UTC</time>',
    );
    expect(page).toContain('<form method="post" action="/auth/signout">');
  });

  it("home: the ID token's name while Graph does not answer", () => {
    const page = pages.withoutProfile?.("Adele") ?? "";
    expect(page).toContain("<h1><bdi>Adele</bdi></h1>");
    expect(page).toContain("It cannot be read from Microsoft Graph right now.");
  });

  it("home: what Graph leaves empty is not shown", () => {
    const home = {
      session: SESSION,
      name: "Adele",
      username: "a@b.example",
      profile: {},
      hasPhoto: true,
    };
    const page = signedInHome(VIEW, home);
    expect(page).toContain("<h1><bdi>Adele</bdi></h1>");
    expect(page).not.toMatch(/Role|Office|undefined/);
  });

  it("what others have chosen keeps its direction to itself, and an empty name leaves no hole", () => {
    const odd = "\u202eegatsoh";
    const profile = { displayName: odd, mail: odd, jobTitle: odd, officeLocation: odd };
    const home = { session: SESSION, profile, hasPhoto: true, otherApp: undefined };
    const sessions = [{ device: odd, signedInAt: 0, current: true }];
    const shown = [
      signedInHome(VIEW, { ...home, name: odd, username: odd }),
      signedInHome(VIEW, { ...home, name: odd, username: odd, profile: undefined }),
      sessionsPage(VIEW, SESSION, odd, sessions as never, 0),
      switchAccountPage(VIEW, SESSION, odd, "/auth/signin", "/"),
    ];
    for (const page of shown) {
      expect(page).toContain(`<bdi>${odd}</bdi>`);
      expect(page.replaceAll(`<bdi>${odd}</bdi>`, "")).not.toContain("\u202e");
    }
    const nameless = [
      signedInHome(VIEW, { ...home, name: "", username: "", profile: undefined }),
      sessionsPage(VIEW, SESSION, "", [], 0),
      switchAccountPage(VIEW, SESSION, "", "/auth/signin", "/"),
    ];
    for (const page of nameless)
      expect(page).not.toMatch(/<bdi><|<p class="soft"><| {2}is | as \.|in \./);
  });

  it("home: has no guide but that of the local set-up", () => {
    expect(signedOutHome(VIEW)).not.toContain("Try it in three steps");
    const guide = guideTo("http://other.localhost/")(VIEW, false);
    expect(signedOutHome(VIEW, guide)).toContain('<a href="http://other.localhost/"');
  });

  it.each([
    [0, "just now"],
    [59_999, "just now"],
    [60_000, "1 minute ago"],
    [59 * 60_000, "59 minutes ago"],
    [3_600_000, "1 hour ago"],
    [30 * 3_600_000, "1 day ago"],
    [719 * 3_600_000, "29 days ago"],
  ])("sessions: %d ms is %s", (age, expected) => {
    const sessions = [one({ signedInAt: NOW - age })];
    expect(sessionsPage(VIEW, SESSION, "a", sessions, NOW)).toContain(`signed in ${expected}`);
  });

  it.each([400, 401, 403, 404, 409, 413, 429, 500, 502, 503, 504])(
    "error: a %d has a way on, which is to sign in only where that solves it",
    (status) => {
      const page = errorPage(VIEW, { ...PROBLEM, status });
      expect(page).not.toContain("Sign in");
      expect(unescaped(page)).toContain("<p>It's <so>.</p>");
      const solvable = errorPage(VIEW, { ...PROBLEM, status }, "/more");
      expect(solvable).toContain('href="/more">Sign in<');
      for (const each of [page, solvable]) expect(each).toMatch(/<a class="button[^"]*" href="\//);
    },
  );

  it("error: whoever is signed in can also sign out, instead of going where the same is asked", () => {
    const page = errorPage(VIEW, { ...PROBLEM, status: 401 }, "/more");
    expect(page).toContain('href="/more"');
    expect(page).toContain('href="/auth/signout"');
    expect(page).not.toContain('href="/"');
  });

  it("error: whoever is signed out is offered no sign-out", () => {
    const type = "urn:lightsout:problem:signed-out";
    const page = errorPage(VIEW, { ...PROBLEM, type, status: 401 }, "/in");
    expect(page).toContain('href="/in"');
    expect(page).toContain('href="/"');
    expect(page).not.toContain("/auth/signout");
    expect(page).not.toContain('class="brand on"');
  });

  it("sessions: each has a button of its own, which says what it ends", () => {
    const sessions = ["a", "b", "c"].map((key) =>
      one({ key, device: `device ${key}`, current: key === "c", bound: key !== "a" }),
    );
    const page = sessionsPage(VIEW, SESSION, "a", sessions, NOW);
    expect(page.match(/<bdi>device .<\/bdi>|bound to \w+ device/g)).toEqual([
      "<bdi>device a</bdi>",
      ...["<bdi>device b</bdi>", "bound to its device"],
      ...["<bdi>device c</bdi>", "bound to this device"],
    ]);
    for (const key of ["a", "b"]) {
      expect(page).toContain(`<b id="${key}"><bdi>device ${key}</bdi></b>`);
      expect(page).toMatch(
        new RegExp(
          `name="session" value="${key}"><button [^>]*aria-describedby="${key}">End session<`,
        ),
      );
    }
  });

  it("signed out: by the app's name, and with a way back", () => {
    const page = signedOutPage(VIEW);
    expect(page).toContain("<h1>You are signed out</h1>");
    expect(page).toContain("Your session with <bdi>Contoso</bdi> in this browser is over.");
    expect(page).toContain('href="/auth/signin">Sign in<');
    expect(page).toContain('href="/">Home<');
  });

  it("sign-out: asks before, and says when it did not work", () => {
    expect(signOutPage(VIEW, true)).toContain("Sign out?");
    expect(signOutFailedPage(VIEW, true)).toContain("You are not signed out yet");
  });
});
