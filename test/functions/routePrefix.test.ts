import { describe, expect, it } from "@jest/globals";
import type { LogLine } from "../../local/host/host.ts";
import { startRig } from "../../local/rig.ts";
import { createBrowser, type Page } from "../../local/tenant/browserless.ts";
import { patientOf } from "../../scripts/doctor/patient.ts";
import { readText } from "../infra/project.ts";
import { newFolder } from "../support/folder.ts";
import { shared } from "../support/shared.ts";
import {
  ADELE,
  holdsTokens,
  sessionCookieOf,
  sessionOf,
  signedInBrowser,
} from "../support/user.ts";

/*
 * The app under a route prefix: every route, link and redirect URI has it, and the team's own pages lie outside.
 */

const folder = shared(() =>
  newFolder({
    "main.cjs": readText("dist/main.cjs"),
    "package.json": JSON.stringify({ main: "main.cjs" }),
    // The host's default prefix: api.
    "host.json": JSON.stringify({ version: "2.0" }),
  }),
);
const rig = shared(() => startRig({ root: folder.path }));

const origin = () => new URL(rig.url).origin;
/** Whatever a page leads to here. */
const linksOf = ({ body }: Page) =>
  [...body.matchAll(/\s(?:href|action|src)="(\/[^"]*)"/g)].map(([, path = ""]) => path);
const tokens = () => holdsTokens(rig);

describe("under a route prefix", () => {
  it("signs in, serves, and leads nowhere else", async () => {
    expect(rig.url).toMatch(/\/api$/);
    const signedOut = await createBrowser().get(`${rig.url}/`);
    expect(linksOf(signedOut)).toEqual(["/api/auth/signin"]);

    const browser = await signedInBrowser(rig);
    const home = await browser.get(`${rig.url}/`);
    expect(home.text).toContain("Adele");
    expect(home.body).toContain('data-prefix="/api"');
    const pages = ["/", "/auth/signout", "/auth/sessions", "/auth/callback?state=x"];
    for (const path of pages) {
      const page = await browser.get(rig.url + path);
      expect(linksOf(page).length).toBeGreaterThan(0);
      expect(linksOf(page).filter((link) => !link.startsWith("/api/"))).toEqual([]);
    }
    const session = await browser.get(`${rig.url}/auth/session`);
    expect(JSON.parse(session.body).signOutUrl).toBe(`${rig.url}/auth/signout`);
    expect((await browser.fetch(`${rig.url}/graph/me`)).status).toBe(200);
    const messages = JSON.parse((await browser.fetch(`${rig.url}/graph/me/messages?$top=1`)).body);
    expect(messages["@odata.nextLink"]).toMatch(new RegExp(`^${rig.url}/graph/me/messages\\?`));
    expect((await browser.get(messages["@odata.nextLink"])).status).toBe(200);
    expect((await browser.get(`${origin()}/auth/session`)).status).toBe(404);
  });

  it.each([
    ["/team/page?a=b", "/team/page?a=b"],
    ["/api/auth/sessions", "/api/auth/sessions"],
    ["/api/auth/signin", "/api/"],
    ["https://evil.example/", "/api/"],
  ])("goes back to %s as %s", async (returnTo, expected) => {
    const browser = createBrowser();
    const signIn = `${rig.url}/auth/signin?${new URLSearchParams({ returnTo })}`;
    const answer = await browser.submit(await browser.signIn(signIn, ADELE), { follow: false });
    expect(answer.location).toBe(origin() + expected);
  });

  it("signs out elsewhere", async () => {
    const browser = await signedInBrowser(rig);
    await browser.get(`${rig.otherApp.url}/sign-in`);
    const other = await browser.get(rig.otherApp.url);
    expect(await tokens()).toBe(true);
    const frames = await browser.loadFrames(await browser.submit(other.forms[0]));
    expect(frames.map(({ status }) => status)).toEqual([200, 200]);
    expect(rig.tenant.frontChannelCalls.at(-1)).toBeDefined();
    expect(await tokens()).toBe(false);
    expect(await sessionOf(rig, browser)).toMatchObject({
      signedIn: false,
      signInUrl: `${rig.url}/auth/signin`,
    });
  });

  it("signs out here, from a page of the same origin", async () => {
    const browser = await signedInBrowser(rig);
    const signOut = (from: string) =>
      fetch(`${rig.url}/auth/signout`, {
        method: "POST",
        redirect: "manual",
        headers: { cookie: sessionCookieOf(rig, browser), origin: from },
      });
    expect((await signOut(rig.url)).status).toBe(403);
    expect(await tokens()).toBe(true);
    const answer = await signOut(origin());
    expect(answer.status).toBe(303);
    const next = new URL(answer.headers.get("location") ?? "");
    expect(next.searchParams.get("post_logout_redirect_uri")).toBe(`${rig.url}/auth/signed-out`);
    expect(await tokens()).toBe(false);
  });

  it("has the log and the doctor say when APP_BASE_URL is without it", async () => {
    const line = "APP_BASE_URL has to end in /api, which is the routePrefix in host.json.";
    const env = { ...rig.env, APP_BASE_URL: origin() };
    const lines: LogLine[] = [];
    const host = await rig.startHost({ env, onLog: (line) => void lines.push(line) });
    expect((await fetch(`${host.url}/api/auth/session`)).status).toBe(503);
    await host.stop();
    expect(lines.map(({ message }) => message).join()).toContain(line);
    const { settingsFault } = patientOf({ settings: env, source: "a test" }, folder.path);
    expect(settingsFault?.message).toBe(line);
  });
});
