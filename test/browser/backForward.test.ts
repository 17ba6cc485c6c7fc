import { afterEach, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { buildFunctions } from "../../examples/spa/build.ts";
import { startSpa } from "../../examples/spa/server.ts";
import { freePort } from "../../local/ports.ts";
import { startRig } from "../../local/rig.ts";
import { type HttpsFront, startHttpsFront } from "../support/httpsFront.ts";
import { shared } from "../support/shared.ts";
import { registrationOf } from "../support/user.ts";
import { launchChromium } from "./chromium.ts";
import { describeIn } from "./describeIn.ts";
import { signOutInOtherApp } from "./otherApp.ts";

const describeInBrowser = describeIn("whole Chromium");

/*
 * What Back and Forward show after a sign-out, in Chromium as users have it: with the back/forward cache, which
 * keeps pages alive whatever their Cache-Control says.
 */

const app = shared(async () => startHttpsFront(await freePort()));
const mailroom = shared(async () => startHttpsFront(await freePort()));
const context = shared(() =>
  launchChromium({
    thirdPartyCookies: "blocked",
    backForwardCache: true,
    publicKeyHash: app.publicKeyHash,
  }),
);
const rig = shared(() => startRig({ baseUrl: app.url }));
const functions = shared(buildFunctions);
const spa = shared(async () => {
  const { root } = functions;
  const { url } = await rig.startHost({ root, env: { APP_BASE_URL: mailroom.url } });
  return startSpa({ port: await freePort(), functionsUrl: url });
});
let page: Page;
/** How much had been seen before it counts. */
let mark: number;

beforeAll(async () => {
  app.target = rig.host.url;
  const { redirectUris } = registrationOf(rig);
  redirectUris.push(`${mailroom.url}/auth/callback`, `${mailroom.url}/auth/signed-out`);
  mailroom.target = spa.url;
  context.setDefaultTimeout(10_000);
  await context.addInitScript(WATCH);
});
beforeEach(async () => {
  await context.clearCookies();
  page = await context.newPage();
});
afterEach(async () => {
  app.fault = mailroom.fault = undefined;
  for (const page of context.pages().slice(1)) await page.close();
});

/** What the pages of the examples show of Adele, and nobody else. */
const PRIVATE = "Adele|adelev|Retail Manager|Quarterly|Miriam";

/** Writes down what can be read on a page: when it is shown, and in every frame that is painted after that. */
const WATCH = `(() => {
  const record = (entry) => {
    const seen = JSON.parse(sessionStorage.seen ?? "[]");
    if (seen.at(-1) !== entry) sessionStorage.seen = JSON.stringify([...seen, entry]);
  };
  const look = () => {
    const root = document.documentElement;
    const options = { opacityProperty: true, visibilityProperty: true };
    const text = root?.checkVisibility(options) ? document.body?.innerText ?? "" : "";
    record(/${PRIVATE}/.test(text + document.title) ? "private" : text ? "other" : "nothing");
    requestAnimationFrame(look);
  };
  addEventListener("pageshow", ({ persisted }) => {
    record(persisted ? "from the cache" : "loaded");
    look();
  });
})()`;

interface Place {
  name: string;
  url: () => string;
}
const HOME: Place = { name: "home", url: () => `${app.url}/` };
const SESSIONS: Place = { name: "sessions", url: () => `${app.url}/auth/sessions` };
const MAILROOM: Place = { name: "single-page app", url: () => `${mailroom.url}/` };
/** A link of another site's that names somebody else: it asks, and says who is signed in. */
const ASKING: Place = {
  name: "the question about another account",
  url: () => `${app.url}/auth/signin?loginHint=alexw%40contoso.com`,
};
const PLACES = [HOME, SESSIONS, MAILROOM];

const neutral = () => `${rig.otherApp.url}/`;
const button = (on: Page, name: string) => on.getByRole("button", { name });

async function signIn({ url }: Place, on = page): Promise<void> {
  await on.goto(new URL("/", url()).href);
  await on.getByRole("link", { name: "Sign in" }).click();
  await button(on, "Adele Vance").click();
  await on.getByRole("heading", { name: "Adele Vance" }).waitFor();
}

/** Opens it; from here on, what can be read there counts. */
async function open({ url }: Place): Promise<void> {
  await page.goto(url());
  await page
    .getByText(/Adele Vance|adelev/)
    .first()
    .waitFor();
  await page.waitForLoadState("networkidle");
  mark = (await seen()).length;
}

/** What could be read on pages of this tab and origin. */
const seen = async (): Promise<string[]> =>
  JSON.parse(await page.evaluate<string>("sessionStorage.seen ?? '[]'"));

/** The same since {@link open}, once the page is what it will be. */
async function seenSince({ url }: Place): Promise<string[]> {
  await page.getByText(/You (are|were) signed out|Pick an account/).waitFor();
  await page.goto(new URL("/auth/signin?prompt=nonsense", url()).href);
  return (await seen()).slice(mark);
}

async function signOutByFrontChannel(): Promise<void> {
  await signOutInOtherApp(context, rig);
  await page.bringToFront();
}

async function signOutInSecondTab({ url }: Place, returning = true): Promise<void> {
  const second = await context.newPage();
  await second.goto(new URL("/", url()).href);
  await signOutOn(second);
  if (returning) await page.bringToFront();
}

async function signOutOn(on: Page): Promise<void> {
  await button(on, "Sign out everywhere").click();
  await on.getByRole("heading", { name: "You are signed out" }).waitFor();
}

const back = () => page.goBack({ waitUntil: "commit" });
const forward = () => page.goForward({ waitUntil: "commit" });

describeInBrowser("after a sign-out", () => {
  const ways = [
    ["elsewhere", signOutByFrontChannel],
    ["in a second tab", signOutInSecondTab],
  ] as const;
  const cases = [...PLACES, ASKING].flatMap((place) =>
    ways.flatMap(([way, signOut]) =>
      ["Back", "Forward"].map((direction) => ({ place, way, signOut, direction })),
    ),
  );

  it.each(cases)(
    "$way, $direction to $place.name shows nothing private",
    async ({ place, way, signOut, direction }) => {
      await signIn(place);
      if (direction === "Forward") await page.goto(neutral());
      await open(place);
      if (direction === "Back") await page.goto(neutral());
      else await back().then(() => page.waitForURL(neutral(), { waitUntil: "commit" }));
      await signOut(place);
      await (direction === "Back" ? back() : forward());
      const since = await seenSince(place);
      expect(since).not.toContain("private");
      // After the other way, the browser has thrown the page away: a cookie has changed, and a message has come.
      if (way === "elsewhere") expect(since.slice(0, 2)).toEqual(["from the cache", "nothing"]);
    },
  );

  it.each(PLACES)("here, Back and Forward to $name show nothing private", async (place) => {
    await signIn(place);
    await page.goto(neutral());
    await open(place);
    await signOutOn(page);
    await back();
    await page.getByText(/You (are|were) signed out|Pick an account/).waitFor();
    await back();
    await forward();
    expect(await seenSince(place)).not.toContain("private");
  });
});

describeInBrowser("while nobody has signed out", () => {
  it.each(PLACES)("Back shows $name again as it was, once that is sure", async (place) => {
    await signIn(place);
    await open(place);
    const answers = [503, 500];
    const asked = (front: HttpsFront) => {
      front.fault = ({ url }) => (url === "/auth/session" ? answers.shift() : undefined);
    };
    await page.goto(neutral());
    asked(app);
    asked(mailroom);
    await back();
    await button(page, "Sign out everywhere").waitFor();
    expect(answers).toEqual([]);
    expect((await seen()).slice(mark)).toEqual(["from the cache", "nothing", "private"]);
  });

  it("a page of an earlier sign-in gives way to that of the new one", async () => {
    await signIn(HOME);
    await open(HOME);
    await page.goto(neutral());
    const second = await context.newPage();
    await second.goto(HOME.url());
    await second.getByRole("link", { name: "Your sessions" }).waitFor();
    await context.clearCookies();
    await signIn(HOME, second);
    await page.bringToFront();
    await back();
    await page.getByRole("heading", { name: "Adele Vance" }).waitFor();
    const since = (await seen()).slice(mark);
    expect(since.slice(since.indexOf("loaded"))).toEqual(["loaded", "private"]);
    expect(since.slice(0, since.indexOf("loaded"))).not.toContain("private");
  });
});

describeInBrowser("a sign-out here", () => {
  it.each(PLACES)("is told to $name in another tab", async (place) => {
    await signIn(place);
    await open(place);
    await signOutInSecondTab(place, false);
    await page.getByText(/You (are|were) signed out|Pick an account/).waitFor();
  });
});
