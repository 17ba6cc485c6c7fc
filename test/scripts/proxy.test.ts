import { expect, it } from "@jest/globals";
import { freePort } from "../../local/ports.ts";
import { startHttpsFront } from "../support/httpsFront.ts";
import { startOutboundProxy } from "../support/outboundProxy.ts";
import { shared } from "../support/shared.ts";
import { runScript } from "./runScript.ts";

const proxy = shared(startOutboundProxy);
const front = shared(async () => startHttpsFront(await freePort()));
/** By a name that reaches this machine, and may still be a proxy's to reach. */
const place = () => front.url.replace("https://localhost", "0.0.0.0");

const commands: [command: string, env: () => Record<string, string>][] = [
  ["doctor --url https://PLACE", () => ({})],
  [
    "accounts list",
    () => ({
      TOKEN_CACHE_STORAGE: `DefaultEndpointsProtocol=https;AccountName=name;AccountKey=a2V5;TableEndpoint=https://${place()}/name`,
    }),
  ],
];

it.each(commands)("%s goes through the proxy that the terminal names", async (command, env) => {
  const run = (proxyEnv: Record<string, string>) =>
    runScript(command.replace("PLACE", place()), { ...env(), ...proxyEnv });
  const before = proxy.asked.length;
  await run({ HTTPS_PROXY: proxy.url, NO_PROXY: "0.0.0.0" });
  expect(proxy.asked).toHaveLength(before);
  await run({ HTTPS_PROXY: proxy.url });
  expect(new Set(proxy.asked.slice(before))).toEqual(new Set([place()]));
});
