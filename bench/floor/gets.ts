import { Agent, request } from "node:http";
import type { Dispatcher } from "undici-types";

/* The ways of Node to send a GET that are compared. */

export interface Got {
  readonly status: number;
  readonly body: Buffer;
}

export type Get = (origin: string, path: string, headers: Record<string, string>) => Promise<Got>;

export function byFetch(): Get {
  return async (origin, path, headers) => {
    const response = await fetch(origin + path, { headers });
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
  };
}

/** `node:http` with connections that stay open. */
export function byNodeHttp(): Get {
  const agent = new Agent({ keepAlive: true });
  return (origin, path, headers) => {
    const { hostname, port } = new URL(origin);
    const { promise, resolve, reject } = Promise.withResolvers<Got>();
    request({ host: hostname, port, path, headers, agent })
      .on("error", reject)
      .on("response", (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => void chunks.push(chunk)).on("error", reject);
        answer.on("end", () => {
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) });
        });
      })
      .end();
    return promise;
  };
}

/** Where undici's global dispatcher is, Node's own and the package's. */
const DISPATCHER = Symbol.for("undici.globalDispatcher.1");

/** The client under Node's `fetch`, undici, without `fetch`. */
export async function byDispatcher(): Promise<Get> {
  // Node loads it for the first one.
  await fetch("data:,");
  const dispatcher: Dispatcher = Reflect.get(globalThis, DISPATCHER);

  return (origin, path, headers) => {
    const { promise, resolve, reject } = Promise.withResolvers<Got>();
    const chunks: Buffer[] = [];
    let status = 0;
    dispatcher.dispatch(
      { origin, path, method: "GET", headers },
      {
        onRequestStart() {},
        onResponseStart: (_, code) => {
          status = code;
        },
        onResponseData: (_, chunk) => void chunks.push(chunk),
        onResponseEnd: () => resolve({ status, body: Buffer.concat(chunks) }),
        onResponseError: (_, error) => reject(error),
      },
    );
    return promise;
  };
}
