import type { AccountInfo } from "@azure/msal-node";
import type { Caller } from "../contestants/calls.ts";
import { createStock } from "../stock/stock.ts";
import { signIn } from "./accounts.ts";
import { composeApp } from "./app.ts";
import { userOf } from "./setUp.ts";
import { cacheOfUser, msalCache } from "./tokens.ts";
import type { World } from "./world.ts";

/** Signs users in with every contestant: as many as `each`, for each number of access tokens. */
export async function createCallers(
  { env, tenantId, authority }: World,
  metadata: string,
  tokenCounts: readonly number[],
  each: number,
): Promise<Record<number, Caller[]>> {
  const app = composeApp(env);
  const stock = createStock(env, metadata);
  await stock.createTables();
  const callers: Record<number, Caller[]> = {};
  let number = 0;
  for (const tokens of tokenCounts) {
    const model = await msalCache(tenantId, authority, tokens);
    callers[tokens] = [];
    for (const end = number + each; number < end; number++) {
      const signedIn = await signIn(app, tenantId, model, number);
      const cache = JSON.stringify(cacheOfUser(model, number));
      const stockCookie = await stock.signIn(accountOf(tenantId, number), cache);
      callers[tokens].push({ ...signedIn, stockCookie });
    }
  }
  return callers;
}

export function accountOf(tenantId: string, number: number): AccountInfo {
  const { oid, name, username } = userOf(number);
  return {
    homeAccountId: `${oid}.${tenantId}`,
    // Where MSAL files Entra ID's accounts, whichever alias the authority names.
    environment: "login.windows.net",
    tenantId,
    username,
    localAccountId: oid,
    name,
  };
}
