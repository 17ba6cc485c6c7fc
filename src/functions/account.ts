import { BadRequest } from "../shared/errors.ts";
import type { HttpFunction } from "../shared/functions.ts";
import { api } from "../shared/http/handlers.ts";
import { json, noContent } from "../shared/http/responses.ts";
import type { Lightsout } from "../shared/lightsout.ts";
import { describeAccount } from "../shared/store/describe.ts";

const HOME_ACCOUNT_ID = /^[0-9a-f-]{36}\.[0-9a-f-]{36}$/i;

/** For operators, with a function key: what is held for an account, and signing it out. */
export const account = (lightsout: Lightsout): HttpFunction => ({
  name: "account",
  methods: ["GET", "DELETE"],
  route: "accounts/{homeAccountId}",
  authLevel: "function",
  handler: api(lightsout, async ({ method, params }) => {
    const { homeAccountId = "" } = params;
    if (!HOME_ACCOUNT_ID.test(homeAccountId)) {
      throw new BadRequest("Give the account's home account id: <object id>.<tenant id>.");
    }
    if (method === "DELETE") {
      await lightsout.signOuts.account(homeAccountId);
      return noContent();
    }
    const account = await describeAccount(lightsout.store, homeAccountId);
    return json({ homeAccountId, held: account !== undefined, ...account });
  }),
});
