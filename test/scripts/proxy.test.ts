import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { freePort } from "../../local/ports.ts";
import { startHttpsFront } from "../support/httpsFront.ts";
import { type OutboundProxy, startOutboundProxy } from "../support/outboundProxy.ts";
import { runScript } from "./runScript.ts";

let proxy: OutboundProxy;
let place: string;
let stopFront: () => Promise<void>;
beforeAll(async () => {
  proxy = await startOutboundProxy();
  const port = await freePort();
  const front = await startHttpsFront(port);
  place = `127.0.0.1:${port}`;
  stopFront = front.stop;
});
afterAll(async () => {
  proxy?.stop();
  await stopFront?.();
});

const commands: [command: string, env: () => Record<string, string>][] = [
  ["doctor --url https://PLACE", () => ({})],
  [
    "accounts list",
    () => ({
      TOKEN_CACHE_STORAGE: `DefaultEndpointsProtocol=https;AccountName=name;AccountKey=a2V5;TableEndpoint=https://${place}/name`,
    }),
  ],
];

it.each(commands)("%s goes through the proxy that the terminal names", async (command, env) => {
  const run = (proxyEnv: Record<string, string>) =>
    runScript(command.replace("PLACE", place), { ...env(), ...proxyEnv });
  const before = proxy.asked.length;
  await run({ HTTPS_PROXY: proxy.url, NO_PROXY: "127.0.0.1" });
  expect(proxy.asked).toHaveLength(before);
  await run({ HTTPS_PROXY: proxy.url });
  expect(new Set(proxy.asked.slice(before))).toEqual(new Set([place]));
});
