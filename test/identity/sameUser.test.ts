import { describe, expect, it } from "@jest/globals";
import type { JWTPayload } from "jose";
import { defaultUsers } from "../../local/tenant/users.ts";
import {
  ADELE,
  ALEX,
  envOf,
  openSession,
  refOf,
  signIn,
  testApp,
  tokenRowsOf,
  userOf,
} from "../support/app.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

/** Whose `client_info` is in upper case. */
const UPPER = {
  oid: "5F0B9A3C-1D2E-4F60-8A7B-9C0D1E2F3A4B",
  name: "Isaiah Langer",
  username: "isaiahl@contoso.com",
};

const tenant = sharedTenant({ users: [...defaultUsers(), UPPER] });

type Change = (claims: JWTPayload) => JWTPayload;

const upperOid: Change = (claims) => ({ ...claims, oid: String(claims.oid).toUpperCase() });
const upperTid: Change = ({ iss, tid, ...claims }) => {
  const upper = String(tid).toUpperCase();
  return { ...claims, tid: upper, iss: String(iss).replace(String(tid), upper) };
};
const lowerOid: Change = (claims) => ({ ...claims, oid: String(claims.oid).toLowerCase() });
const colleague: Change = (claims) => ({ ...claims, oid: userOf(tenant, ALEX).oid });

/** Somebody signs in where one authority signs in many tenants; the ID token is changed, `client_info` is not. */
async function signInWith(username: string, ...changes: Change[]) {
  tenant.switches.idTokenOverrides = (claims) => ({
    claims: changes.reduce((changed, change) => change(changed), claims),
  });
  const one = testApp(envOf(tenant, "organizations"));
  const outcome = await signIn(one, username).catch((error: { reason: string }) => error.reason);
  if (tokenRowsOf(one).length === 0) return outcome;
  return await openSession(one, refOf(one, outcome));
}

describe("client_info, which is not signed, names the account that the ID token is of", () => {
  it.each<[string, string, Change[]]>([
    ["as they are", ADELE, []],
    ["with oid in upper case", ADELE, [upperOid]],
    ["with tid in upper case", ADELE, [upperTid]],
    ["with both in upper case", ADELE, [upperOid, upperTid]],
    ["with client_info in upper case", UPPER.username, [lowerOid]],
  ])("%s", async (_, username, changes) => {
    const session = await signInWith(username, ...changes);
    expect(session).toMatchObject({
      account: { homeAccountId: `${userOf(tenant, username).oid}.${tenant.tenantId}`, username },
    });
    if (typeof session !== "object") throw new Error("There is no session.");
    const held = tenant.requests.length;
    await session.getToken(["User.Read"]);
    expect(tenant.requests).toHaveLength(held);
    await session.getToken(["Mail.Read"]);
  });

  it.each<[string, Change[]]>([
    ["but for the oid", [colleague]],
    ["but for the oid, in upper case", [colleague, upperOid]],
    ["but for the oid, with tid in upper case", [colleague, upperTid]],
  ])("%s: nothing is stored", async (_, changes) => {
    expect(await signInWith(ADELE, ...changes)).toBe("client_info_mismatch");
  });
});
