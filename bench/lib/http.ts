import { Agent, request } from "node:http";
import { buffer } from "node:stream/consumers";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

export interface HttpSender {
  send(
    path: string,
    options?: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<HttpAnswer>;
  close(): void;
}

/** Sends requests over connections that stay open. @param origin On loopback. */
export function createSender(origin: string, maxSockets = 64): HttpSender {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const { port } = new URL(origin);
  return {
    async send(path, options = {}) {
      const { method = "GET", headers = {}, body } = options;
      const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
      const message = request({ host: "127.0.0.1", port, path, method, headers, agent });
      message.on("error", (error: NodeJS.ErrnoException) => {
        // The server closed an idle connection just then, and has not seen the request.
        const isUnseen = message.reusedSocket && error.code === "ECONNRESET";
        resolve(isUnseen ? this.send(path, options) : Promise.reject(error));
      });
      message.on("response", (response) => {
        const { statusCode: status = 0, headers } = response;
        buffer(response).then((body) => resolve({ status, headers, body }), reject);
      });
      message.end(body);
      return promise;
    },
    close: () => agent.destroy(),
  };
}
