import { parseArgs } from "node:util";
import { appSettings } from "../local/settings.ts";
import { readSessionHours } from "../src/shared/config/sessionRules.ts";
import { newKey, nextStep } from "./keys/rotation.ts";

const USAGE = `Makes a new value of TOKEN_CACHE_KEYS, the keys that everything stored is sealed with.

lightsout keys             a value for an app that has none yet
lightsout keys --rotate    the next step of a rotation, from the value at hand

The value at hand is the one in the environment, or in local.settings.json. The new one is all that goes to standard
output; nothing is written anywhere. A key's id is the day it was made on.`;

try {
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({ options: { rotate: flag, help: { ...flag, short: "h" } } });
  if (values.help) console.log(USAGE);
  else if (values.rotate) rotate();
  else console.log(newKey(Date.now()));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function rotate(): void {
  const env = appSettings(process.cwd());
  const { value, next } = nextStep(env, readSessionHours(env), Date.now());
  console.log(value);
  console.error(next);
}
