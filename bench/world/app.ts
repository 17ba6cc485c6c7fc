import { createEnvironment, openTable } from "../../src/compose.ts";
import { functionsOf } from "../../src/functions.ts";
import { permissions } from "../../src/permissions.ts";
import { readSettings } from "../../src/shared/config/settings.ts";
import { type Context, createContext } from "../../src/shared/context.ts";
import type { TableRequests } from "../../src/shared/table/retrying.ts";
import type { Handler } from "../../src/shared/web/handlers.ts";

/** Lightsout, without the Functions host and without a log. @param watch What stands before the table, if anything. */
export function composeApp(
  env: Readonly<Record<string, string>>,
  watch?: (requests: TableRequests) => TableRequests,
): Context {
  const settings = readSettings(env);
  const environment = createEnvironment(env);
  const table = openTable(settings.storage, environment, watch);
  return createContext(settings, { ...environment, table }, { scopes: ["User.Read"] });
}

/** The handler of that function of ours. */
export function handlerOf(context: Context, name: string): Handler {
  const functions = functionsOf({ context, signingOut: context }, { graph: permissions });
  const found = functions.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no function ${name}.`);
  return (request) => found.handler(request, { invocationId: "" });
}
