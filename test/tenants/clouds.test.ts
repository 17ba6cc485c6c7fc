import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { settings } from "../support/settings.ts";
import { ADELE } from "../support/user.ts";
import {
  accountOf,
  expectEverythingWorks,
  signIn,
  startWorld,
  userOf,
  type World,
} from "./world.ts";

const TENANT = "5e0c9d1b-2a3f-4c6d-8b7e-9f0a1b2c3d4e";

const rig = watchedRig();

const CLOUDS: [name: string, authority: string, issuer: string][] = [
  [
    "US Government",
    `https://login.microsoftonline.us/${TENANT}`,
    `https://login.microsoftonline.us/${TENANT}/v2.0`,
  ],
  [
    "China (21Vianet)",
    `https://login.partner.microsoftonline.cn/${TENANT}`,
    `https://login.partner.microsoftonline.cn/${TENANT}/v2.0`,
  ],
  [
    "External ID",
    `https://fabrikam.ciamlogin.com/${TENANT}`,
    `https://${TENANT}.ciamlogin.com/${TENANT}/v2.0`,
  ],
  [
    "External ID with a domain of its own",
    `https://login.fabrikam.example/${TENANT}`,
    `https://${TENANT}.ciamlogin.com/${TENANT}/v2.0`,
  ],
];

describe.each(CLOUDS)("%s", (_, authority, issuer) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(rig, { tenant: { tenantId: TENANT, authority, issuer } });
  });
  afterAll(() => world?.stop());

  it.each([false, true])("works (iss: %s)", async (sendIss) => {
    world.tenant.switches.sendIss = sendIss;
    const user = userOf(world, ADELE);
    const [frame] = await expectEverythingWorks(world, { ...user, tenantId: TENANT });
    // Its pages, and nobody else's, may frame the front-channel logout URL.
    const policy = frame?.headers["content-security-policy"];
    expect(policy).toContain(`frame-ancestors ${new URL(authority).origin} `);
    expect(policy).not.toContain("login.microsoftonline.com");
  });

  it("is what the settings lead to, and to nowhere else", () => {
    const { metadataUrl, ...read } = settings({
      ENTRA_TENANT_ID: TENANT,
      ENTRA_AUTHORITY: authority,
      GRAPH_BASE_URL: "https://graph.microsoft.us/v1.0",
    });
    expect(metadataUrl).toBe(`${authority}/v2.0/.well-known/openid-configuration`);
    expect(read).toMatchObject({ authority, graphBaseUrl: "https://graph.microsoft.us/v1.0" });
  });
});

describe("an instance that has just started, and has yet to hear of the issuer", () => {
  const [, authority, issuer] = CLOUDS[3] ?? [];
  let world: World;
  beforeAll(async () => {
    const tenant = { tenantId: TENANT, ...(authority && issuer && { authority, issuer }) };
    world = await startWorld(rig, { tenant });
  });
  afterAll(() => world?.stop());

  it.each([
    ["signs out when it is the right one", undefined, undefined],
    ["signs nobody out when it is a wrong one", "https://evil.example/v2.0", ADELE],
  ])("%s", async (_, iss, username) => {
    const { browser } = await signIn(world, ADELE);
    const sid = world.tenant.sessions.at(-1)?.signIns[0]?.sid ?? "";
    const cold = await rig.startHost({ env: world.env });
    const query = new URLSearchParams({ sid, iss: iss ?? world.tenant.issuer });
    expect((await fetch(`${cold.url}/auth/logout-callback?${query}`)).status).toBe(200);
    expect((await accountOf(world, browser))?.username).toBe(username);
    await cold.stop();
  });

  it("says that it could not, when the provider does not tell either", async () => {
    const { browser } = await signIn(world, ADELE);
    const sid = world.tenant.sessions.at(-1)?.signIns[0]?.sid ?? "";
    const env = { ...world.env, ENTRA_METADATA_URL: "http://127.0.0.1:1/x" };
    const cold = await rig.startHost({ env });
    const query = new URLSearchParams({ sid, iss: world.tenant.issuer });
    const answer = await fetch(`${cold.url}/auth/logout-callback?${query}`);
    expect([answer.status, answer.headers.get("refresh")]).toEqual([503, "2"]);
    expect(await accountOf(world, browser)).toBeDefined();
    // The issuer of most is their authority's: that needs nobody's word.
    const usual = new URLSearchParams({ sid, iss: `${world.tenant.authority}/v2.0` });
    expect((await fetch(`${cold.url}/auth/logout-callback?${usual}`)).status).toBe(200);
    expect(await accountOf(world, browser)).toBeUndefined();
    await cold.stop();
  });
});

itLeaksNothing(() => rig);
