import { createHash } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What can become of a request between an app and a service, and of how many in a hundred it does. */
export const FAULTS = {
  /** The connection breaks before the request arrives. */
  requestLost: 3,
  /** Nothing ever comes: the app has to give up by itself. */
  silence: 0.03,
  /** It is carried out, and the connection breaks before the answer arrives. */
  answerLost: 5,
  /** The connection breaks, and the request arrives later. */
  late: 5,
  /** It is carried out, and once more later. */
  repeated: 2,
  /** It arrives with some delay: others overtake it. */
  slow: 8,
  /** The service is too busy. */
  busy: 2,
  /** It is carried out, but the service says it is too busy. */
  busyAfterCommit: 2,
  /** Half of the answer arrives. */
  halfAnswer: 2,
} as const;
export type Fault = keyof typeof FAULTS;

/** The longest that a request may be under way, in milliseconds. */
const MAX_DELAY = 60;

/** A server on this machine. */
export interface Service {
  readonly port: number;
  /** Where it is a table service. */
  readonly connectionString?: string;
}

export interface FaultProxy {
  readonly port: number;
  /** For an app that is to go through here. */
  readonly connectionString: string;
  readonly counts: Record<Fault, number>;
  /** Waits until every request that was under way when it was called has arrived or is lost. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Stands before a service and makes things go wrong. What becomes of a request depends on the seed, on what it
 * asks, and on how often that has been asked.
 */
export async function startFaultProxy(
  service: Service,
  seed: number,
  shares: Readonly<Partial<Record<Fault, number>>> = FAULTS,
): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const asked = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const counts = Object.fromEntries(Object.keys(FAULTS).map((fault) => [fault, 0])) as Record<
    Fault,
    number
  >;

  const server = createServer((incoming, outgoing) => {
    const done = handle(incoming, outgoing).catch(() => {
      outgoing.destroy();
    });
    underWay.add(done);
    void done.then(() => underWay.delete(done));
  });

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = Buffer.concat(await incoming.toArray());
    const draw = drawFor(incoming);
    const fault = faultOf(shares, draw.next());
    const delay = () => sleep(draw.next() * MAX_DELAY);
    const pass = () => forward(incoming, body);
    if (fault) counts[fault] += 1;

    switch (fault) {
      case undefined:
        return answer(outgoing, await pass());
      case "requestLost":
        return cut(outgoing);
      case "silence":
        await once(outgoing, "close");
        return;
      case "answerLost":
        await pass();
        return cut(outgoing);
      case "late":
        cut(outgoing);
        await delay();
        await pass();
        return;
      case "repeated":
        answer(outgoing, await pass());
        await delay();
        await pass();
        return;
      case "slow":
        await delay();
        return answer(outgoing, await pass());
      case "busy":
        return busy(outgoing);
      case "busyAfterCommit":
        await pass();
        return busy(outgoing);
      case "halfAnswer":
        return half(outgoing, await pass());
    }
  }

  /** Numbers from 0 to 1 that are the same for the same request. */
  function drawFor({ method, url }: IncomingMessage): { next(): number } {
    const what = `${method} ${url}`;
    const times = (asked.get(what) ?? 0) + 1;
    asked.set(what, times);
    let digest = createHash("sha256").update(`${seed} ${what} ${times}`).digest();
    return {
      next() {
        digest = createHash("sha256").update(digest).digest();
        return digest.readUInt32BE() / 2 ** 32;
      },
    };
  }

  function forward(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method, headers, url: path } = incoming;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const host = "127.0.0.1";
    const onward = request({ host, port: service.port, method, headers, path, agent });
    onward.on("error", reject);
    onward.on("response", (response) => {
      response
        .toArray()
        .then((chunks) => resolve({ response, body: Buffer.concat(chunks) }), reject);
    });
    onward.end(body);
    return promise;
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connectionString: (service.connectionString ?? "").replace(`:${service.port}/`, `:${port}/`),
    counts,
    async settled() {
      await Promise.all(underWay);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      await Promise.all(underWay);
      agent.destroy();
    },
  };
}

interface Answer {
  readonly response: IncomingMessage;
  readonly body: Buffer;
}

/** @param number From 0 to 1. */
function faultOf(shares: Partial<Record<Fault, number>>, number: number): Fault | undefined {
  let left = number * 100;
  for (const [fault, share] of Object.entries(shares)) {
    left -= share;
    if (left < 0) return fault as Fault;
  }
  return undefined;
}

function answer(outgoing: ServerResponse, { response, body }: Answer): void {
  outgoing.writeHead(response.statusCode ?? 500, withLength(response, body));
  outgoing.end(body);
}

function half(outgoing: ServerResponse, { response, body }: Answer): void {
  outgoing.writeHead(response.statusCode ?? 500, withLength(response, body));
  outgoing.write(body.subarray(0, body.length >> 1), () => cut(outgoing));
}

function busy(outgoing: ServerResponse): void {
  const headers = { "Content-Type": "application/json", "Retry-After": "1" };
  outgoing.writeHead(503, headers);
  const error = { code: "ServerBusy", message: { lang: "en-US", value: "The server is busy." } };
  outgoing.end(JSON.stringify({ "odata.error": error }));
}

function cut(outgoing: ServerResponse): void {
  outgoing.socket?.resetAndDestroy();
}

function withLength({ headers }: IncomingMessage, body: Buffer) {
  const { "transfer-encoding": _, ...others } = headers;
  return { ...others, "content-length": body.length };
}
