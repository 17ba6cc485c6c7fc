import { expect, it } from "@jest/globals";
import { freePort } from "../../local/ports.ts";
import { keepAliveSender } from "../../src/shared/net/send.ts";
import { startHttpsFront } from "../support/httpsFront.ts";
import { startOutboundProxy } from "../support/outboundProxy.ts";
import { shared } from "../support/shared.ts";

const proxy = shared(startOutboundProxy);

it("goes through the proxy that the environment names, past it where NO_PROXY says so", async () => {
  const port = await freePort();
  const front = await startHttpsFront(port);
  const HTTPS_PROXY = proxy.url;
  try {
    // That the certificate is refused shows that the TLS of the place itself came through.
    const refused = expect.objectContaining({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    const call = (env: Record<string, string>) =>
      keepAliveSender(undefined, env)(`https://127.0.0.1:${port}/`, { timeout: 5_000 });
    await expect(call({ HTTPS_PROXY })).rejects.toEqual(refused);
    expect(proxy.asked).toEqual([`127.0.0.1:${port}`]);
    await expect(call({ HTTPS_PROXY, NO_PROXY: "127.0.0.1" })).rejects.toEqual(refused);
    await expect(call({})).rejects.toEqual(refused);
    expect(proxy.asked).toHaveLength(1);
  } finally {
    await front.stop();
  }
});
