import { ApiUnavailable } from "../base/errors.ts";
import type { Context } from "../context.ts";
import { graphApi } from "./api.ts";
import { type Caller, callApi } from "./callApi.ts";

const SCOPES = ["User.RevokeSessions.All"];

/**
 * Asks Entra, through Microsoft Graph, to end all of the user's sessions (Microsoft Graph, user: revokeSignInSessions).
 * @throws {ApiUnavailable} It did not say yes. And what `callApi` throws.
 */
export async function revokeSignInSessions(
  context: Pick<Context, "open" | "turnsAt" | "settings">,
  session: Caller,
  signal: AbortSignal,
): Promise<void> {
  const graph = graphApi(context.settings.graphBaseUrl, []);
  const url = `${graph.baseUrl}/me/revokeSignInSessions`;
  const request = { method: "POST", signal };
  const { status, body } = await callApi(context, session, graph, SCOPES, url, request);
  body.destroy();
  if (status < 200 || status > 299) throw new ApiUnavailable(false);
}
