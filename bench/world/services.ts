import { decodeJwt } from "jose";
import { startGraph } from "../../local/graph/graph.ts";
import { startTenant } from "../../local/tenant/tenant.ts";
import { BASE_URL, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, userOf } from "./setUp.ts";

/*
 * A process of its own for what the app talks to besides the table: their CPU time is not the app's.
 * Argument: how many users the tenant has.
 */

export interface ServiceUrls {
  readonly tenantId: string;
  readonly authority: string;
  readonly metadataUrl: string;
  readonly graphUrl: string;
}

process.once("disconnect", () => process.exit());

const tenant = await startTenant({
  users: Array.from({ length: Number(process.argv[2]) }, (_, number) => userOf(number)),
  apps: [
    {
      clientId: CLIENT_ID,
      displayName: "Lightsout",
      redirectUris: [REDIRECT_URI, `${BASE_URL}/auth/signed-out`],
      clientSecrets: [CLIENT_SECRET],
      optionalClaims: ["sid", "login_hint"],
    },
  ],
});
// What is measured here is the same request many times.
tenant.switches.requestLoopLimit = Number.POSITIVE_INFINITY;

const graph = await startGraph({
  // Checking signatures is Graph's work, and would take more time than all that is measured.
  async verify(token) {
    const { oid, name, upn, scp } = decodeJwt(token);
    return {
      oid: String(oid),
      name: String(name),
      username: String(upn),
      scopes: String(scp).split(" "),
    };
  },
});

// Both remember every call, for tests.
setInterval(() => {
  graph.calls.length = 0;
  tenant.requests.length = 0;
}, 1_000);

const { tenantId, authority, metadataUrl } = tenant;
process.send?.({ tenantId, authority, metadataUrl, graphUrl: graph.url } satisfies ServiceUrls);
