import { createServer } from "node:http";
import { connect } from "node:net";
import { listen } from "./listen.ts";

export interface OutboundProxy {
  readonly url: string;
  /** Where to it was asked to tunnel, such as `graph.microsoft.com:443`, or the URL that it was asked for without TLS. */
  readonly asked: string[];
  stop(): void;
}

/** A proxy on this machine: it tunnels (RFC 9110 §9.3.6), and notes where to. */
export async function startOutboundProxy(): Promise<OutboundProxy> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end();
  });
  server.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on("error", () => end.destroy());
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
