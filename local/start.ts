import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { readRoutePrefix } from "../src/hostJson.ts";
import { readSettings } from "../src/shared/config/settings.ts";
import { type Backing, developmentTenant, ownTenant } from "./backing.ts";
import { startFunc } from "./func.ts";
import { type FunctionsHost, startHost } from "./host/host.ts";
import { renderLog } from "./log.ts";
import { Parts } from "./parts.ts";
import { ROOT } from "./root.ts";
import { claim } from "./running.ts";
import { paint, renderScreen } from "./screen.ts";
import { appSettings, hasTenant } from "./settings.ts";

const HELP = `Usage: lightsout dev [--func]

Runs Lightsout on this machine with all it needs: a tenant to sign in to, a Microsoft
Graph, a second app and a table store. With ENTRA_CLIENT_ID in local.settings.json it
runs against your own tenant instead.

  --func   let Azure Functions Core Tools host the functions
  --help   show this
`;

const INTERRUPTED = 130;
/** A terminal and npm both pass on Ctrl-C: within this time, in milliseconds, it is the same one. */
const SAME_KEYSTROKE = 500;

try {
  await main();
} catch (error) {
  console.error(paint("red", (error as Error).message));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { help, func } = readFlags();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  process.chdir(ROOT);
  const parts = new Parts();
  const signals = listenForSignals();
  try {
    const claimed = await parts.add(claim(ROOT));
    await build();
    const settings = appSettings(ROOT);
    const backing = await (hasTenant(settings)
      ? ownTenant(parts, settings)
      : developmentTenant(parts));
    // On a host a wrong setting takes no function away, and users get 503. Here somebody sits who can mend it.
    const env = { ...settings, ...backing.env };
    readSettings(env, { prefix: readRoutePrefix(ROOT, env), home: "/" });
    const { exited } = await parts.add(func ? startFunc(backing) : startLocalHost(backing));
    claimed.note({ env: backing.env, url: `http://localhost:${backing.port}` });
    process.stdout.write(`${renderScreen(backing.screen, paint)}\n`);
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

function readFlags(): { help: boolean; func: boolean } {
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({ options: { help: flag, func: flag } }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}. See lightsout dev --help.`);
  }
}

/** In a process of its own, because esbuild leaves one behind for as long as its caller lives. */
async function build(): Promise<void> {
  const child = spawn(process.execPath, ["scripts/build.ts"], { stdio: "inherit" });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error("The function app does not build.");
}

async function startLocalHost({ port, env, secrets, onLog }: Backing): Promise<FunctionsHost> {
  const early: string[] = [];
  let show = (text: string): void => void early.push(text);
  try {
    const host = await startHost({
      root: ROOT,
      port,
      env,
      keys: secrets.hostKeys,
      timers: true,
      onLog(line) {
        onLog?.(line);
        const text = renderLog(line, new Date(), paint);
        if (text !== undefined) show(text);
      },
    });
    if (host.functions.length === 0) {
      await host.stop();
      throw new Error("The function app cannot be loaded.");
    }
    return host;
  } finally {
    for (const text of early) console.log(text);
    show = console.log;
  }
}

/** Until everything runs a signal ends the process at once; later the first one asks, the second one forces. */
function listenForSignals(): { asked: () => Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let running = false;
  let askedAt: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // Children notice that their parent is gone and follow.
      if (!running) process.exit(INTERRUPTED);
      if (askedAt !== undefined && Date.now() - askedAt > SAME_KEYSTROKE) process.exit(INTERRUPTED);
      askedAt ??= Date.now();
      resolve();
    });
  }
  return {
    asked() {
      running = true;
      return promise;
    },
  };
}
