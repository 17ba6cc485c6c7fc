import { type IncomingMessage, request, type ServerResponse } from "node:http";

/** Passes a request on to an origin of this machine, and its answer back. */
export function passOn(
  origin: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  headers = incoming.headers,
): void {
  const { method, url: path } = incoming;
  const onward = request(origin, { method, headers, path }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  incoming.pipe(onward);
}
