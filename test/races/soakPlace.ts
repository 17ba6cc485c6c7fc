import { createSender } from "../../bench/lib/http.ts";
import type { Vitals } from "../../bench/world/probe.ts";
import { Parts } from "../../local/parts.ts";
import { freePort } from "../../local/ports.ts";
import { startRig } from "../../local/rig.ts";
import { startLoopback } from "../support/loopback.ts";
import { type Fault, type FaultProxy, type Service, startFaultProxy } from "./faultProxy.ts";
import type { Place } from "./soakVisits.ts";

/** Of a hundred requests. */
const SHARES: Readonly<Partial<Record<Fault, number>>> = {
  requestLost: 1,
  silence: 0.02,
  answerLost: 1,
  late: 0.5,
  repeated: 0.5,
  slow: 5,
  busy: 1,
  busyAfterCommit: 0.5,
  halfAnswer: 0.5,
};

export interface SoakPlace extends Place {
  /** Before the table, the provider and Graph. */
  readonly proxies: readonly FaultProxy[];
  /** What the app's process uses. */
  vitals(option?: "gc" | "reset"): Promise<Vitals>;
  stop(): Promise<void>;
}

/** The app, whose bundle has to be built, with a fault proxy before everything that it talks to. */
export async function startSoakPlace(seed: number): Promise<SoakPlace> {
  const parts = new Parts();
  try {
    const rig = await parts.add(startRig());
    const { azurite, tenant, graph } = rig;
    tenant.switches.backchannelLogout = true;
    const before = (service: Service) => parts.add(startFaultProxy(service, seed, SHARES));
    const table = await before(azurite);
    const provider = await before({ port: portOf(tenant.internalUrl) });
    const resources = await before({ port: portOf(graph.url) });
    const metadata = await (await fetch(tenant.metadataUrl)).text();
    // The pages that browsers are sent to are at another origin.
    const body = metadata.replaceAll(tenant.internalUrl, `http://127.0.0.1:${provider.port}`);
    const discovery = await parts.add(startLoopback(() => ({ body: JSON.parse(body) })));

    const { port } = rig.host;
    await rig.host.stop();
    const probePort = await freePort();
    const probe = createSender(`http://127.0.0.1:${probePort}`, 1);
    const host = await rig.startHost({
      port,
      env: {
        TOKEN_CACHE_STORAGE: table.connectionString,
        ENTRA_METADATA_URL: `${discovery.url}/.well-known/openid-configuration`,
        GRAPH_BASE_URL: graph.url.replace(`:${portOf(graph.url)}/`, `:${resources.port}/`),
        BENCH_PROBE_PORT: String(probePort),
        NODE_OPTIONS: `--import=${new URL("../../bench/world/probe.ts", import.meta.url)} --disable-warning=ExperimentalWarning`,
      },
    });
    return {
      rig,
      host,
      proxies: [table, provider, resources],
      async vitals(option) {
        const answer = await probe.send(option ? `/?${option}` : "/");
        return JSON.parse(answer.body.toString()) as Vitals;
      },
      async stop() {
        probe.close();
        await parts.stop();
      },
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
