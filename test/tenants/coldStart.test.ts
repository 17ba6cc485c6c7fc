import { describe, expect, it } from "@jest/globals";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { shared } from "../support/shared.ts";
import { ADELE } from "../support/user.ts";
import { accountOf, CLOUD_TENANT, sidOf, signIn, startWorld } from "./world.ts";

const rig = watchedRig();
/** Its issuer is not its authority's. */
const world = shared(() =>
  startWorld(rig, {
    tenant: {
      tenantId: CLOUD_TENANT,
      authority: `https://login.fabrikam.example/${CLOUD_TENANT}`,
      issuer: `https://${CLOUD_TENANT}.ciamlogin.com/${CLOUD_TENANT}/v2.0`,
    },
  }),
);

/** Calls the front channel of an instance that has just started. */
async function signOutBy(iss: string, env: Record<string, string> = {}) {
  const cold = await rig.startHost({ env: { ...world.env, ...env } });
  const query = new URLSearchParams({ sid: sidOf(world), iss });
  const answer = await fetch(`${cold.url}/auth/logout-callback?${query}`);
  await cold.stop();
  return [answer.status, answer.headers.get("refresh")];
}

describe("an instance that has just started, and has yet to hear of the issuer", () => {
  it("signs out when it is the right one, and nobody when it is a wrong one", async () => {
    const { browser } = await signIn(world, ADELE);
    expect(await signOutBy("https://evil.example/v2.0")).toEqual([200, null]);
    expect(await accountOf(world, browser)).toMatchObject({ username: ADELE });
    expect(await signOutBy(world.tenant.issuer)).toEqual([200, null]);
    expect(await accountOf(world, browser)).toBeUndefined();
  });

  it("says that it could not, when the provider does not tell either", async () => {
    const { browser } = await signIn(world, ADELE);
    const silent = { ENTRA_METADATA_URL: "http://127.0.0.1:1/x" };
    expect(await signOutBy(world.tenant.issuer, silent)).toEqual([503, "2"]);
    expect(await accountOf(world, browser)).toBeDefined();
    // The issuer of most is their authority's: that needs nobody's word.
    expect(await signOutBy(`${world.tenant.authority}/v2.0`, silent)).toEqual([200, null]);
    expect(await accountOf(world, browser)).toBeUndefined();
  });
});

itLeaksNothing(() => rig);
