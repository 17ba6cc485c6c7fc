import { parseArgs } from "node:util";
import { pathUrl } from "../../src/shared/config/env.ts";

export const USAGE = `Looks for what is wrong with a set-up, and says how to put it right. Exit code 1 when something is.

lightsout doctor                   the app of a running lightsout dev, of the environment, or of local.settings.json
lightsout doctor --url https://…   a deployed app, from outside, without its settings (with its route prefix: …/api)

  --json   for programs

Signed in with the Azure CLI (az login), it also reads the app registration.
NO_COLOR and FORCE_COLOR are honoured.`;

export interface Options {
  /** Origin, with its route prefix, of an app that is looked at from outside. */
  readonly url: string | undefined;
  readonly json: boolean;
}

/** @throws Error with one line that says what is wrong. @returns undefined when help is wanted. */
export function readOptions(args: string[]): Options | undefined {
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args,
    options: { url: { type: "string" }, json: flag, help: { ...flag, short: "h" } },
  });
  if (values.help) return undefined;
  const url = values.url === undefined ? undefined : pathUrl("--url", values.url);
  return { url, json: values.json };
}
