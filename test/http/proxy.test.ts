import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { freePort } from "../../local/ports.ts";
import { keepAliveSender } from "../../src/shared/net/send.ts";
import { startHttpsFront } from "../support/httpsFront.ts";

/** A proxy on this machine: it tunnels (RFC 9110 §9.3.6), and notes where to. */
let proxy: Server;
const asked: string[] = [];
beforeAll(async () => {
  proxy = createServer().on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on("error", () => end.destroy());
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => {
  proxy.closeAllConnections();
  proxy.close();
});

it("goes through the proxy that the environment names, past it where NO_PROXY says so", async () => {
  const port = await freePort();
  const front = await startHttpsFront(port);
  const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  try {
    // That the certificate is refused shows that the TLS of the place itself came through.
    const refused = expect.objectContaining({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    const call = (env: Record<string, string>) =>
      keepAliveSender(undefined, env)(`https://127.0.0.1:${port}/`, { timeout: 5_000 });
    await expect(call({ HTTPS_PROXY })).rejects.toEqual(refused);
    expect(asked).toEqual([`127.0.0.1:${port}`]);
    await expect(call({ HTTPS_PROXY, NO_PROXY: "127.0.0.1" })).rejects.toEqual(refused);
    await expect(call({})).rejects.toEqual(refused);
    expect(asked).toHaveLength(1);
  } finally {
    await front.stop();
  }
});
