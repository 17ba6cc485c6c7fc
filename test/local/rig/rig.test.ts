import { fileURLToPath } from "node:url";
import { TableClient } from "@azure/data-tables";
import { describe, expect, it } from "@jest/globals";
import type { FunctionsHost } from "../../../local/host/host.ts";
import { isFree } from "../../../local/ports.ts";
import { type Rig, startRig } from "../../../local/rig.ts";
import { shared } from "../../support/shared.ts";
import { childrenOf, isRunning } from "./processes.ts";

const root = fileURLToPath(new URL("fixture", import.meta.url));

async function envOf({ port, keys }: FunctionsHost): Promise<Record<string, string>> {
  const response = await fetch(`http://127.0.0.1:${port}/env`, {
    headers: { "x-functions-key": keys.default },
  });
  return (await response.json()) as Record<string, string>;
}

describe("a rig", () => {
  const rig = shared(() => startRig({ root, env: { SESSION_HOURS: "1" } }));

  it("stands beside another rig without sharing anything", async () => {
    const other = await startRig({ root });
    await tables(rig).createTable();
    await expect(tables(other).createEntity({ partitionKey: "a", rowKey: "1" })).rejects.toThrow(
      /TableNotFound/,
    );
    expect(other.env.TOKEN_CACHE_KEYS).not.toBe(rig.env.TOKEN_CACHE_KEYS);
    await other.stop();
    expect((await envOf(rig.host)).APP_BASE_URL).toBe(rig.url);
  });
});

function tables({ azurite }: Rig): TableClient {
  return TableClient.fromConnectionString(azurite.connectionString, "shared", {
    allowInsecureConnection: true,
  });
}

it("leaves nothing behind", async () => {
  const rig = await startRig({ root });
  const second = await rig.startHost();
  const urls = [rig.url, second.url, rig.tenant.url, rig.graph.url, rig.otherApp.url];
  const ports = [...urls.map((url) => Number(new URL(url).port)), rig.azurite.port];
  await rig.stop();
  expect([rig.host.pid, second.pid, rig.azurite.pid].filter(isRunning)).toEqual([]);
  expect(await Promise.all(ports.map(isFree))).toEqual(ports.map(() => true));
});

it("leaves nothing behind when there is no app to start, and says why", async () => {
  const before = await childrenOf(process.pid);
  await expect(startRig({ root: `${root}/nowhere` })).rejects.toThrow("host.json");
  expect(await childrenOf(process.pid)).toEqual(before);
});
