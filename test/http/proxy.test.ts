import { expect, it } from "@jest/globals";
import { freePort } from "../../local/ports.ts";
import { readProxy } from "../../src/shared/net/proxy.ts";
import { startHttpsFront } from "../support/httpsFront.ts";
import { startOutboundProxy } from "../support/outboundProxy.ts";
import { keepAliveSender } from "../support/send.ts";
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
      keepAliveSender(undefined, readProxy(env).proxyEnv)(`https://0.0.0.0:${port}/`, {
        timeout: 5_000,
      });
    await expect(call({ HTTPS_PROXY })).rejects.toEqual(refused);
    expect(proxy.asked).toEqual([`0.0.0.0:${port}`]);
    await expect(call({ HTTPS_PROXY, NO_PROXY: "0.0.0.0" })).rejects.toEqual(refused);
    await expect(call({ HTTPS_PROXY, no_proxy: "0.0.0.0" })).rejects.toEqual(refused);
    await expect(call({})).rejects.toEqual(refused);
    expect(proxy.asked).toHaveLength(1);
  } finally {
    await front.stop();
  }
});

it.each(["localhost", "app.localhost", "127.0.0.1", "127.9.9.9", "[::1]"])(
  "reaches %s, which is this machine, without one",
  async (host) => {
    const before = proxy.asked.length;
    const { proxyEnv } = readProxy({ HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url });
    const send = keepAliveSender(undefined, proxyEnv);
    const port = await freePort();
    for (const scheme of ["http", "https"]) {
      const sent = send(`${scheme}://${host}:${port}/`, { timeout: 500 });
      // Nobody is there: the proxy would have answered.
      await expect(sent).rejects.toThrow();
    }
    expect(proxy.asked).toHaveLength(before);
  },
);

it.each([
  ["proxy.example:8080", "http://proxy.example:8080"],
  [" 10.0.0.1:3128 ", "http://10.0.0.1:3128"],
  ["https://proxy.example", "https://proxy.example"],
  ["http://svc:50%off%21@proxy.example:8080", "http://svc:50%25off%21@proxy.example:8080"],
  ["http://proxy.example:99999", undefined],
  ["http://svc:%ff@proxy.example", undefined],
  ["socks5://proxy.example:1080", undefined],
  ["@Microsoft.KeyVault(SecretUri=https://v.example/s)", undefined],
  ["http://", undefined],
])("reads %j as %j, and an agent takes that", (HTTPS_PROXY, address) => {
  const { proxyEnv, unusable } = readProxy({ HTTPS_PROXY, http_proxy: " " });
  expect(proxyEnv).toMatchObject({ https_proxy: address, http_proxy: undefined });
  expect(unusable).toEqual(address === undefined ? ["HTTPS_PROXY"] : []);
  expect(() => keepAliveSender(undefined, proxyEnv)).not.toThrow();
});
