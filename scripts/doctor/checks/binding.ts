import { noMore } from "../../../src/shared/session/deviceBinding.ts";
import { ok, problem, skipped } from "../check.ts";
import { ask } from "../web.ts";
import { served } from "./app.ts";

/** As a browser names a session that is over. */
const NOBODY = "doctor";

/** Whether browsers can bind sessions to their device, and prove it through whatever stands in front of the app. */
export const binding = served("Device binding", async (baseUrl, { context }) => {
  const { sessionBinding, origin } = context?.settings ?? {};
  if (sessionBinding === "off") return ok("off: a copied session cookie serves whoever has it");
  if (origin?.startsWith("http:")) return ok("none: no browser binds a session over http");
  const { text } = await ask(`${baseUrl}/auth/device/refresh`, {
    method: "POST",
    headers: { "sec-secure-session-id": NOBODY },
  });
  if (text === JSON.stringify(noMore(NOBODY))) {
    if (sessionBinding === undefined)
      return ok("possible; SESSION_BINDING says whether it is done");
    if (sessionBinding === "optional") return ok("where the browser does it");
    return ok("required: browsers that do not do it are served for a minute after the sign-in");
  }
  const lost = "Sec-Secure-Session-Id does not arrive";
  if (sessionBinding === undefined) return skipped(`${lost}, which matters with SESSION_BINDING`);
  return problem(
    `${lost}: a session that its browser has bound is over after five minutes.`,
    "What stands in front of the app has to pass on the headers Sec-Secure-Session-Id, Secure-Session-Response and Secure-Session-Skipped, and from the app Secure-Session-Registration and Secure-Session-Challenge.",
  );
});
