import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startHost } from "../../local/host/host.ts";
import { freePort } from "../../local/ports.ts";
import { ROOT } from "../../local/root.ts";
import { createSender, type HttpSender } from "../lib/http.ts";
import { type Call, measure } from "../lib/load.ts";
import type { Profiled } from "../lib/profile.ts";
import { bundleApp, SCRATCH } from "../world/bundles.ts";
import type { Vitals } from "../world/probe.ts";
import type { World } from "../world/world.ts";
import type { Caller } from "./calls.ts";
import type { Contestant, Running } from "./contestants.ts";

export interface Hosted {
  readonly url: string;
  readonly sender: HttpSender;
  vitals(options?: "gc" | "reset"): Promise<Vitals>;
  /** Of the host's process, while something runs. */
  profiled<T>(run: () => Promise<T>): Promise<Profiled<T>>;
  /** One run of the purge. */
  purge(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a bundle under the local Functions host, with a probe inside. @param main Default: the product. */
export async function startHosted(
  env: Readonly<Record<string, string>>,
  main?: string,
): Promise<Hosted> {
  const probePort = await freePort();
  const host = await startHost({
    root: ROOT,
    ...(main !== undefined && { main }),
    env: {
      ...env,
      BENCH_PROBE_PORT: String(probePort),
      NODE_OPTIONS: `--import=${new URL("../world/probe.ts", import.meta.url)} --disable-warning=ExperimentalWarning`,
    },
  });
  const sender = createSender(host.url);
  const probe = createSender(`http://127.0.0.1:${probePort}`, 1);
  return {
    url: host.url,
    sender,
    async vitals(option) {
      const { body } = await probe.send(option ? `/?${option}` : "/");
      return JSON.parse(body.toString()) as Vitals;
    },
    async profiled(run) {
      await probe.send("/?profile");
      const result = await run();
      const { body } = await probe.send("/?profiled");
      return { result, profile: JSON.parse(body.toString()) };
    },
    purge: () => host.runTimer("authPurgeExpired"),
    async stop() {
      sender.close();
      probe.close();
      await host.stop();
    },
  };
}

/** A signed-in Graph call of one of these users. */
export function graphCall({ sender }: Hosted, cookies: readonly string[]): Call {
  return async (number) => {
    const cookie = cookies[number % cookies.length] as string;
    const { status } = await sender.send("/graph/me", { headers: { cookie } });
    if (status !== 200) throw new Error(`The answer was ${status}.`);
  };
}

/** A contestant as a bundled function app under the local Functions host, called over HTTP. */
export async function startHostedContestant(
  contestant: Contestant,
  world: World,
  metadata: string,
  callers: Readonly<Record<number, readonly Caller[]>>,
): Promise<Running> {
  const hosted = await startHosted(
    { ...world.env, BENCH_METADATA: metadata, BENCH_CALLERS: await writePlaces(callers) },
    contestant === "lightsout" ? undefined : await bundleApp(contestant),
  );
  const cpu = async () => (await hosted.vitals()).cpu;
  return {
    run(tokens, load) {
      const cookies = (callers[tokens] ?? []).map(({ cookie, stockCookie }) =>
        contestant === "stock" ? stockCookie : cookie,
      );
      return measure(graphCall(hosted, cookies), load, cpu);
    },
    stop: hosted.stop,
  };
}

/** Where the floor finds row and token of a caller: it keeps no session. */
async function writePlaces(callers: Readonly<Record<number, readonly Caller[]>>): Promise<string> {
  const places = Object.values(callers)
    .flat()
    .map(({ cookie, row, graphToken }) => [cookie, { row, graphToken }]);
  await mkdir(join(ROOT, SCRATCH), { recursive: true });
  const file = join(ROOT, SCRATCH, "callers.json");
  await writeFile(file, JSON.stringify(Object.fromEntries(places)));
  return file;
}
