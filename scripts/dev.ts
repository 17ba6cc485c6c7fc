import { parseArgs } from "node:util";
import { developmentTenant, ownTenant } from "../local/backing.ts";
import { startFunc, useFunc } from "../local/func.ts";
import { hostFunctions } from "../local/functions.ts";
import { type FunctionInfo, listFunctions } from "../local/host/host.ts";
import { readHostJson } from "../local/host/settings.ts";
import { Parts } from "../local/parts.ts";
import { holdFolder } from "../local/running.ts";
import { paint, renderScreen } from "../local/screen.ts";
import { appSettings, hasTenant } from "../local/settings.ts";
import { listenForSignals } from "../local/signals.ts";
import { sourcesOf } from "../local/sources.ts";
import { readRoutePrefix } from "../src/hostJson.ts";
import { readSettings } from "../src/shared/config/settings.ts";
import { functions as functionNames } from "./doctor/checks/functions.ts";
import { functionTimeout } from "./doctor/checks/settings.ts";
import { patientOf } from "./doctor/patient.ts";

const HELP = `Usage: lightsout dev [--port N] [--func | --no-func]

Runs the Functions app in this folder with all that signing in needs: a tenant, a
Microsoft Graph, a second app and a table store. With ENTRA_CLIENT_ID in
local.settings.json it runs against your own tenant instead.

It is built by its own build script, and built and loaded again when it changes, by
its own watch script where it has one.

  --port N    where the app listens (default: 7071, or where APP_BASE_URL says)
  --func      let Azure Functions Core Tools host it, as they do where they are installed
  --no-func   let the host that comes with Lightsout do so in any case
  --help      show this
`;

try {
  await main();
} catch (error) {
  console.error(paint("red", (error as Error).message));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { help, port, func: wanted } = readFlags();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const func = useFunc(wanted);
  const root = process.cwd();
  // Before anything is written into a folder that has no app.
  readHostJson(root);
  const parts = new Parts();
  const signals = listenForSignals();
  try {
    const held = await parts.add(holdFolder(root));
    const sources = sourcesOf(root);
    await sources.build();
    const settings = appSettings(root);
    const start = hasTenant(settings) ? ownTenant : developmentTenant;
    const backing = await start(parts, { root, settings, port });
    // On a host, a wrong setting means 503. Here somebody can mend it at once.
    const env = { ...settings, ...backing.env };
    readSettings(env, { prefix: readRoutePrefix(root, env), home: "/" });

    let loaded: readonly FunctionInfo[] = [];
    const note = async (functions: readonly FunctionInfo[]) => {
      loaded = functions;
      await warnAbout(root, env, functions);
    };
    let exited: Promise<unknown>;
    if (func) {
      // Core Tools reload it by themselves.
      ({ exited } = await parts.add(startFunc(backing)));
      const check = async () => note(await listFunctions(root, env));
      await check();
      await sources.follow(parts, check);
    } else {
      const functions = await parts.add(Promise.resolve(hostFunctions(root, backing)));
      ({ exited } = functions);
      await note(await functions.reload());
      await sources.follow(parts, async (file) => {
        await note(await functions.reload());
        console.log(paint("dim", `Loaded again: ${file} has changed.`));
      });
    }
    held.note({ env: backing.env, url: `http://localhost:${backing.port}` });
    process.stdout.write(`${renderScreen(backing.screen(loaded), paint)}\n`);
    await Promise.race([
      signals.asked(),
      exited.then(() => {
        throw new Error("The functions ended by themselves.");
      }),
    ]);
    process.stdout.write(`\n${paint("dim", "Stopping…")}\n`);
  } finally {
    await parts.stop();
  }
}

/** Says what the doctor would say of what the app itself can do to a sign-out. */
async function warnAbout(
  root: string,
  settings: Record<string, string | undefined>,
  all: readonly FunctionInfo[],
): Promise<void> {
  const patient = patientOf({ settings, source: "lightsout dev" }, root);
  for (const { look } of [functionNames, functionTimeout]) {
    const { status, detail, fix } = await look({ ...patient, functions: async () => all });
    if (status === "problem") console.error(paint("yellow", `${detail} ${fix}`));
  }
}

function readFlags(): { help: boolean; func: boolean | undefined; port: number | undefined } {
  try {
    const { help, func, port } = parseArgs({
      allowNegative: true,
      options: {
        help: { type: "boolean", short: "h", default: false },
        func: { type: "boolean" },
        port: { type: "string" },
      },
    }).values;
    return { help, func, port: port === undefined ? undefined : portIn(port) };
  } catch (error) {
    throw new Error(`${(error as Error).message}. See lightsout dev --help.`);
  }
}

function portIn(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error("--port has to be a number from 1 to 65535");
}
