import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { freePort } from "../../local/ports.ts";
import { root } from "../infra/project.ts";
import { startHttpsFront } from "../support/httpsFront.ts";
import { type OutboundProxy, startOutboundProxy } from "../support/outboundProxy.ts";

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
  ["doctor.ts --url https://PLACE", () => ({})],
  [
    "accounts.ts list",
    () => ({
      TOKEN_CACHE_STORAGE: `DefaultEndpointsProtocol=https;AccountName=name;AccountKey=a2V5;TableEndpoint=https://${place}/name`,
    }),
  ],
];

it.each(commands)("%s goes through the proxy that the terminal names", async (command, env) => {
  const [script = "", ...args] = command.replace("PLACE", place).split(" ");
  const run = (proxyEnv: Record<string, string>) =>
    promisify(execFile)(process.execPath, [join(root, "scripts", script), ...args], {
      env: { PATH: process.env.PATH ?? "", ...env(), ...proxyEnv },
    }).catch((error) => error);
  const before = proxy.asked.length;
  await run({ HTTPS_PROXY: proxy.url, NO_PROXY: "127.0.0.1" });
  expect(proxy.asked).toHaveLength(before);
  await run({ HTTPS_PROXY: proxy.url });
  expect(new Set(proxy.asked.slice(before))).toEqual(new Set([place]));
});
