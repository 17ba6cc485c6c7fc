import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "@jest/globals";
import type { BrowserContext } from "playwright-core";
import type { FunctionsHost } from "../../local/host/host.ts";
import { startRig } from "../../local/rig.ts";
import { eventually } from "../support/eventually.ts";
import { type FlakyTable, type Outage, startFlakyTable } from "../support/outage.ts";
import { shared } from "../support/shared.ts";
import { holdsTokens, isSignedIn, registrationOf } from "../support/user.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";
import { signOutInOtherApp } from "./otherApp.ts";

/*
 * A user signs out in another app while this app's table is away. The provider's page frames the logout URL,
 * and goes on as soon as the frame has loaded, whatever its status, or after five seconds; then the user closes
 * the browser. Nobody calls again.
 */

interface Visit {
  readonly user: string;
  readonly username: string;
  readonly outage: Outage;
  /** Seconds. */
  readonly away: number;
}

/** All at the same time: each on an instance of its own, with a table of its own that is away. */
const VISITS: readonly Visit[] = [
  { user: "Adele Vance", username: "adelev@contoso.com", outage: "gone", away: 60 },
  { user: "Alex Wilber", username: "alexw@contoso.com", outage: "silent", away: 60 },
  { user: "Megan Bowen", username: "meganb@contoso.com", outage: "gone", away: 5 },
  { user: "Jordan Miller", username: "jordan@fabrikam.com", outage: "silent", away: 14 },
];

interface Stage extends Visit {
  readonly table: FlakyTable;
  readonly host: FunctionsHost;
  readonly context: BrowserContext;
  /** As whoever copied it would send it. */
  readonly cookie: string;
}

const rig = shared(startRig);
const stages: Stage[] = [];

async function setStage(visit: Visit): Promise<Stage> {
  const table = await startFlakyTable(rig.azurite);
  const host = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: table.connectionString } });
  const context = await launchChromium({ thirdPartyCookies: "blocked" });
  const stage = { ...visit, table, host, context, cookie: "" };
  stages.push(stage);
  const page = await context.newPage();
  await page.goto(rig.url);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("button", { name: visit.user }).click();
  await page.waitForURL(`${rig.url}/`);
  const cookies = await context.cookies(rig.url);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  return Object.assign(stage, { cookie });
}

/** Signs out in the other app. The provider's page leads back there. */
async function signOutByFrontChannel({ context, host }: Stage): Promise<void> {
  registrationOf(rig).frontChannelLogoutUrl = `${host.url}/auth/logout-callback`;
  await signOutInOtherApp(context, rig);
  await context.close();
}

afterAll(async () => {
  for (const { context } of stages) await context.close().catch(() => {});
  for (const { table } of stages) await table.stop();
});

describeInBrowser("a sign-out in another app, while the table is away", () => {
  it("takes tokens and session all the same, long after the provider's page has gone on", async () => {
    const outages: Promise<void>[] = [];
    for (const visit of VISITS) await setStage(visit);
    for (const stage of stages) {
      expect(await holdsTokens(rig, stage.username)).toBe(true);
      const { table, outage, away } = stage;
      await table.be(outage);
      outages.push(sleep(away * 1_000).then(() => table.be()));
      await signOutByFrontChannel(stage);
    }
    for (const stage of stages.filter(({ away }) => away > 30)) {
      expect(await holdsTokens(rig, stage.username)).toBe(true);
    }
    await Promise.all(outages);
    for (const stage of stages) {
      await eventually(async () => !(await holdsTokens(rig, stage.username)));
      expect(await isSignedIn(rig, stage.cookie)).toBe(false);
    }
  }, 180_000);
});
