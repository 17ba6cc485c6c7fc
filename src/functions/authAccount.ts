import { BadRequest } from "../shared/base/errors.ts";
import type { Context } from "../shared/context.ts";
import { accountPartition, isHomeAccountId } from "../shared/rows/keys.ts";
import { describeAccount } from "../shared/store/describe.ts";
import { api } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { json, noContent } from "../shared/web/responses.ts";

/** For operators, with a function key. GET: what is held for an account. DELETE: signs it out. */
export const authAccount = (context: Context): HttpFunction => ({
  name: "authAccount",
  methods: ["GET", "DELETE"],
  route: "accounts/{homeAccountId}",
  authLevel: "function",
  handler: api(context, async ({ method, params }) => {
    const { homeAccountId = "" } = params;
    if (!isHomeAccountId(homeAccountId)) {
      throw new BadRequest((say) => say.noHomeAccountId);
    }
    if (method === "DELETE") {
      await context.signOuts.byOperator(accountPartition(homeAccountId));
      return noContent();
    }
    const account = await describeAccount(context.store, homeAccountId);
    return json({ homeAccountId, held: account !== undefined, ...account });
  }),
});
