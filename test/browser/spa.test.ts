import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { buildFunctions } from "../../examples/spa/build.ts";
import { startSpa } from "../../examples/spa/server.ts";
import { ORDERS_SCOPE } from "../../local/orders/orders.ts";
import { freePort } from "../../local/ports.ts";
import { startRig } from "../../local/rig.ts";
import { en } from "../../src/shared/web/languages/en.ts";
import { eventually } from "../support/eventually.ts";
import { leapingClock } from "../support/leap.ts";
import { shared } from "../support/shared.ts";
import { startTableProxy } from "../support/tableProxy.ts";
import { registrationOf } from "../support/user.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";
import { signOutInOtherApp } from "./otherApp.ts";

/** A request that sets the clock of the app forward. */
const LEAP = "/auth/leap";

const context = shared(() => launchChromium({ thirdPartyCookies: "blocked" }));
const functions = shared(buildFunctions);
let port: number;
const rig = shared(async () => {
  port = await freePort();
  return startRig({ root: functions.root, baseUrl: `http://localhost:${port}` });
});
const proxy = shared(() => startTableProxy(rig.azurite));
const spa = shared(async () => {
  const { url } = await rig.startHost({
    env: {
      TOKEN_CACHE_STORAGE: proxy.connectionString,
      SESSION_IDLE_MINUTES: "30",
      NODE_OPTIONS: leapingClock(LEAP, 31 * 60_000),
    },
  });
  return startSpa({ port, functionsUrl: url });
});
let page: Page;
/** Where the page sent something, and what it was kept from. */
let origins: Set<string>;
let violations: string[];

beforeEach(async () => {
  await context.clearCookies();
  page = await context.newPage();
  origins = new Set();
  violations = [];
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedHTML/.test(message.text())) violations.push(message.text());
  });
  page.on("pageerror", (error) => void violations.push(error.message));
  page.on("request", (request) => {
    const ofApp = request.frame().url().startsWith(spa.url) && !request.isNavigationRequest();
    if (ofApp) origins.add(new URL(request.url()).origin);
  });
});
afterEach(async () => {
  for (const page of context.pages().slice(1)) await page.close();
  proxy.down = false;
  delete registrationOf(rig).consentedScopes;
  expect(violations).toEqual([]);
});

const section = (name: string) =>
  page.locator("section", { has: page.getByRole("heading", { name }) });
const meeting = () => section("Next meeting").getByText(/\d:\d\d/);
const rows = (name = "Messages") => section(name).locator("li");
const CODE = /^\d{3} \d{3}$/;
const click = (name: string) => page.getByRole("button", { name }).click();

async function signIn(path = "/", name = "Adele Vance"): Promise<void> {
  await page.goto(spa.url + path);
  await page.getByRole("link", { name: "Sign in" }).click();
  await click(name);
  await page.getByRole("heading", { name }).waitFor();
  await rows().first().waitFor();
  await rows("Orders").first().waitFor();
}

/** Nothing is under way any more that a fault could hit. */
async function settled(): Promise<void> {
  await meeting().waitFor();
  await page.waitForFunction("document.images[0].complete");
}

/** What a browser does when the user comes back to the page. */
const comeBack = () => page.evaluate("dispatchEvent(new Event('focus'))");

async function expectNothingPrivate(): Promise<void> {
  const text = await page.locator("html").innerText();
  for (const secret of ["Adele", "adelev", "Quarterly", "Miriam", "Chair"]) {
    expect(text).not.toContain(secret);
  }
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.title()).toBe("Mailroom");
}

describeInBrowser("the single-page app", () => {
  it("signs in and comes back, pages through the mail, and sends some", async () => {
    await signIn("/?folder=inbox#latest");
    expect(page.url()).toBe(`${spa.url}/?folder=inbox#latest`);
    await page.getByText("adelev@contoso.com").waitFor();
    await meeting().waitFor();
    expect(await rows().count()).toBe(6);

    for (const count of [12, 18, 24]) {
      await click("Show more");
      await rows()
        .nth(count - 1)
        .waitFor();
    }
    // The button is gone with the last page; the focus went to what it brought.
    expect(await page.getByRole("button", { name: "Show more" }).count()).toBe(0);
    expect(await page.locator("li:focus").innerText()).toBe(await rows().nth(18).innerText());

    await page.getByLabel("To").fill("alexw@contoso.com");
    await page.getByLabel("Subject").fill("Lights <b>out</b>");
    await page.getByLabel("Message").fill("See you there.");
    await click("Send");
    await page.getByRole("status").getByText("Your message is on its way.").waitFor();
    await rows().first().getByText("Lights <b>out</b>").waitFor();
    expect(await rows().count()).toBe(6);
    expect(await page.getByLabel("Message").inputValue()).toBe("");
    expect([...origins]).toEqual([spa.url]);
  });

  it("lists orders from an API of its own, with a token for that, and shows the user's roles", async () => {
    await signIn("/", "Megan Bowen");
    await page.getByText("Role: Auditor").waitFor();
    expect(await rows("Orders").allInnerTexts()).toEqual([
      expect.stringContaining("Chair"),
      expect.stringContaining("Desk"),
    ]);
    for (const count of [4, 5]) {
      await click("More orders");
      await rows("Orders")
        .nth(count - 1)
        .waitFor();
    }
    expect(await page.getByRole("button", { name: "More orders" }).count()).toBe(0);
    expect([...origins]).toEqual([spa.url]);
  });

  it("takes everything private away when the user comes back signed out elsewhere", async () => {
    await signIn();
    await settled();
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    const calls = rig.graph.calls.length;
    rig.graph.faults.next.push({ until });
    await click("Show more");
    await eventually(() => rig.graph.calls.length > calls);
    await signOutInOtherApp(context, rig);
    await page.getByRole("heading", { name: "Adele Vance" }).waitFor();

    await comeBack();
    const heading = page.getByRole("heading", { name: "You were signed out" });
    await heading.waitFor();
    expect(await page.locator("h1:focus").count()).toBe(1);
    await expectNothingPrivate();
    // An answer that was under way brings nothing back, and asking again changes nothing.
    release();
    const asked = page.waitForResponse("**/auth/session");
    await comeBack();
    await asked;
    await heading.waitFor();
    await expectNothingPrivate();

    await page.getByRole("link", { name: "Sign in" }).click();
    await click("Adele Vance");
    await page.getByRole("heading", { name: "Adele Vance" }).waitFor();
  });

  it("learns of it from any 401 as well", async () => {
    await signIn();
    await signOutInOtherApp(context, rig);
    await click("Show more");
    await page.getByRole("heading", { name: "You were signed out" }).waitFor();
    await expectNothingPrivate();
  });

  it("signs out everywhere, and the Back button shows nothing", async () => {
    await signIn();
    const sessions = rig.tenant.sessions.length;
    await click("Sign out everywhere");
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    expect(page.url()).toBe(`${spa.url}/auth/signed-out`);
    expect(rig.tenant.sessions).toHaveLength(sessions - 1);
    await page.goBack();
    await page.getByRole("heading", { name: /^You (are|were) signed out$/ }).waitFor();
    await expectNothingPrivate();
  });

  it("gives a code for the help desk after a fresh sign-in only, and comes back to it", async () => {
    await signIn("/?folder=inbox");
    await click("Get a code");
    await section("Help desk").getByText(CODE).waitFor();

    for (const signIn of rig.tenant.sessions.flatMap(({ signIns }) => signIns)) {
      signIn.authenticatedAt -= 10 * 60_000;
    }
    await page.goto(`${spa.url}/auth/signin?returnTo=/?folder=inbox`);
    await settled();
    await click("Get a code");
    await section("Help desk").getByText(en.details.interactionRequired).waitFor();
    expect(await page.getByText(CODE).count()).toBe(0);
    await page.getByRole("link", { name: "Continue" }).click();
    await click("Adele Vance");
    await section("Help desk").getByText(CODE).waitFor();
    expect(page.url()).toBe(`${spa.url}/?folder=inbox#help-desk`);
    expect([...origins]).toEqual([spa.url]);
  });

  it("leads to the user's sessions, and from there out, also at Microsoft", async () => {
    await signIn();
    await page.getByRole("link", { name: "Your sessions" }).click();
    await page.getByText("this one").waitFor();
    await page.getByRole("link", { name: "Home" }).click();
    await page.getByRole("link", { name: "Your sessions" }).click();
    await click(en.signOutAtMicrosoft);
    await page.getByText(en.revocation.accepted).waitFor();
    expect(page.url()).toBe(`${spa.url}/auth/signed-out`);
    await page.reload();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    expect(await page.getByText(en.revocation.accepted).count()).toBe(0);
  });

  it("asks for consent where something needs it", async () => {
    registrationOf(rig).consentedScopes = ["User.Read", "Mail.Read", "Mail.Send", ORDERS_SCOPE];
    await signIn();
    await section("Next meeting").getByText(en.details.interactionRequired).waitFor();
    expect(await rows().count()).toBe(6);
    await page.getByRole("link", { name: "Continue" }).click();
    await page.getByText("Calendars.Read").waitFor();
    await click("Accept");
    await meeting().waitFor();
    expect(page.url()).toBe(`${spa.url}/`);
  });

  it("says when something is not available, and tries again", async () => {
    await signIn();
    await settled();
    rig.graph.faults.next.push({ status: 503 });
    await click("Show more");
    await page.getByRole("alert").getByText("This did not work (503).").waitFor();
    await click("Try again");
    await rows().nth(11).waitFor();

    proxy.down = true;
    const asked = page.waitForResponse("**/auth/session");
    await comeBack();
    expect((await asked).status()).toBe(503);
    expect(await rows().count()).toBe(12);
    await page.reload();
    await page.getByRole("heading", { name: "Not available right now" }).waitFor();
    await page.getByText("Table Storage does not answer.").waitFor();
    await expectNothingPrivate();
    proxy.down = false;
    await click("Try again");
    await page.getByRole("heading", { name: "Adele Vance" }).waitFor();
  });

  // The last one: the clock is not set back.
  it("takes everything private away when nobody has used it for too long, and a page signs in anew", async () => {
    await signIn();
    await settled();
    await fetch(spa.url + LEAP);
    const signedIn =
      "fetch('/auth/session').then((answer) => answer.json()).then((it) => it.signedIn)";
    await eventually(async () => !(await page.evaluate(signedIn)));
    await comeBack();
    await page.getByRole("heading", { name: "You were signed out" }).waitFor();
    await expectNothingPrivate();
    await page.goto(`${spa.url}/auth/sessions`);
    await page.getByText("this one").waitFor();
  });
});
