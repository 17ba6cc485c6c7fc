import type { App } from "./compose.ts";
import type { Options } from "./options.ts";
import { type DeclaredApi, graphApi, readApi } from "./shared/apis/api.ts";
import { lacking } from "./shared/base/lacking.ts";
import type { Env } from "./shared/config/env.ts";

import { logFault } from "./shared/web/answers.ts";

/**
 * Microsoft Graph and the other APIs of an app. An API whose setting is missing fails whenever it is called, and the
 * others work.
 */
export function apisOf(
  { context, signingOut }: App,
  { graph, apis = {} }: Pick<Options, "graph" | "apis">,
  env: Env,
): DeclaredApi[] {
  const declared = Object.entries(apis).map(([route, api]) => {
    try {
      return readApi(env, route, api);
    } catch (error) {
      logFault(signingOut, error);
      return lacking<DeclaredApi>(error, { route });
    }
  });
  if (graph === undefined) return declared;
  try {
    return [graphApi(context.settings.graphBaseUrl, graph), ...declared];
  } catch (error) {
    return [lacking<DeclaredApi>(error, { route: "graph" }), ...declared];
  }
}
