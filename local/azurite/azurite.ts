import { type ChildProcess, fork } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { programBeside } from "../beside.ts";
import { freePort } from "../ports.ts";

/** The account of every Azurite. Both values are public. */
const ACCOUNT = {
  name: "devstoreaccount1",
  key: "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
};

const STARTED = "successfully started";
const PORT_TAKEN = "EADDRINUSE";
const ATTEMPTS = 5;
/** Milliseconds that a stopping Azurite has to save its tables before it is killed. */
const STOP_GRACE = 5_000;

export interface Azurite {
  readonly connectionString: string;
  readonly port: number;
  /** Table endpoint, account included. */
  readonly tableUrl: string;
  readonly pid: number;
  /** Settles when the process is gone, for whatever reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Runs Azurite's table service in a child process that never outlives this one.
 * @param options.location Folder of the tables. Default: in memory.
 * @param options.port Preferred port. Another one is taken if it is in use.
 * @throws Error It does not start. The message is Azurite's own output.
 */
export async function startAzurite(
  options: { location?: string; port?: number } = {},
): Promise<Azurite> {
  const { location } = options;
  if (location !== undefined) await mkdir(location, { recursive: true });

  let preferred = options.port;
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(preferred);
    const child = spawnAzurite(port, location);
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const failure = await startUp(child);
    if (failure === undefined) return azurite(child, port, exited);
    if (!failure.includes(PORT_TAKEN) || attempt === ATTEMPTS) {
      throw new Error(`Azurite did not start: ${failure.trim()}`);
    }
    preferred = undefined;
  }
}

function spawnAzurite(port: number, location: string | undefined): ChildProcess {
  const { AZURITE_ACCOUNTS: _, ...env } = process.env;
  return fork(
    programBeside(import.meta.url, "child"),
    [
      ...["--tableHost", "127.0.0.1", "--tablePort", String(port)],
      ...(location === undefined ? ["--inMemoryPersistence"] : ["--location", location]),
      ...["--silent", "--disableTelemetry"],
    ],
    {
      env,
      execArgv: ["--no-deprecation"],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // In a process group of its own, so that Ctrl-C leaves the order of stopping to the parent.
      detached: true,
    },
  );
}

/** Resolves once the service listens, or with what the child said before it exited. */
async function startUp(child: ChildProcess): Promise<string | undefined> {
  let output = "";
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      if (output.includes(STARTED)) return;
      output += text;
      if (output.includes(STARTED)) resolve(undefined);
    });
  }
  child.once("error", (error) => resolve(error.message));
  child.once("close", (code) => resolve(`${output}\n(exit code ${code})`));
  return promise;
}

function azurite(child: ChildProcess, port: number, exited: Promise<void>): Azurite {
  const tableUrl = `http://127.0.0.1:${port}/${ACCOUNT.name}`;
  return {
    connectionString: [
      "DefaultEndpointsProtocol=http",
      `AccountName=${ACCOUNT.name}`,
      `AccountKey=${ACCOUNT.key}`,
      `TableEndpoint=${tableUrl};`,
    ].join(";"),
    port,
    tableUrl,
    pid: child.pid as number,
    exited,
    async stop() {
      if (child.connected) child.disconnect();
      const killer = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE);
      await exited;
      clearTimeout(killer);
    },
  };
}
