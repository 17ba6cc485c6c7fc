import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it } from "@jest/globals";
import type { Env } from "../../src/shared/config/env.ts";
import type { TokenSource } from "../../src/shared/oauth/heldTokens.ts";
import { managedIdentity } from "../../src/shared/oauth/managedIdentity.ts";
import { type Mood, startIdentityEndpoint } from "../support/identityEndpoint.ts";
import { keepAliveSender } from "../support/send.ts";
import { shared } from "../support/shared.ts";

const CLIENT_ID = "5b0c1d2e-3f40-4a51-8b62-7c8d9e0f1a2b";
const STORAGE = "https://storage.azure.com";
const EXCHANGE = "api://AzureADTokenExchange";
const setting = "TOKEN_CACHE_STORAGE__clientId";

const endpoint = shared(() => startIdentityEndpoint(CLIENT_ID));
beforeEach(() => {
  endpoint.mood = "well";
  endpoint.life = 86_400;
});

const world = {
  send: keepAliveSender(),
  elapsed: () => performance.now(),
  // Only pauses between tries are shorter.
  sleep: (milliseconds: number, signal?: AbortSignal) =>
    sleep(signal ? milliseconds : Math.min(milliseconds, 10), undefined, { signal }),
};

function source(clientId = CLIENT_ID, env: Env = endpoint.env): TokenSource {
  return managedIdentity(world, env)({ clientId, setting });
}

it.each([STORAGE, EXCHANGE])("gets tokens for %s from App Service's endpoint", async (resource) => {
  const one = source();
  const token = await one(resource, 10_000);
  expect(endpoint.isGood(token, resource)).toBe(true);
  expect(await one(resource, 10_000)).toBe(token);
});

it.each<[Mood, RegExp]>([
  [400, /answers 400\./],
  [429, /answers 429\./],
  [500, /answers 500\./],
  ["reset", /does not answer \(ECONNRESET\)\./],
  ["silent", /does not answer \(TimeoutError\)\./],
  [200, /gives an answer that is none\./],
  [302, /answers 302\./],
])("an endpoint that is %p is named, with identity and setting", async (mood, reason) => {
  endpoint.mood = mood;
  const error = await source()(STORAGE, mood === "silent" ? 50 : 10_000).catch(
    (error: Error) => error,
  );
  expect(error).toMatchObject({ code: "ERR_MANAGED_IDENTITY_UNAVAILABLE" });
  const { message } = error as Error;
  expect(message).toMatch(reason);
  for (const name of [CLIENT_ID, endpoint.host, setting, STORAGE]) expect(message).toContain(name);
});

it("an identity that the app does not have is one that is refused", async () => {
  const asked = source("another")(STORAGE, 10_000);
  await expect(asked).rejects.toThrow(
    /^The managed identity another gives no token .* answers 400/,
  );
});

it("a token that is over already is none", async () => {
  endpoint.life = -60;
  await expect(source()(STORAGE, 10_000)).rejects.toThrow(/gives an answer that is none/);
});

it("the system-assigned identity is asked for without a name", async () => {
  const asked = managedIdentity(world, endpoint.env)({ clientId: undefined, setting });
  const { message } = (await asked(STORAGE, 10_000).catch(
    (error: Error) => error as Error,
  )) as Error;
  expect(endpoint.asked.at(-1)?.has("client_id")).toBe(false);
  expect(message).toMatch(
    /^The system-assigned managed identity .* or name another by TOKEN_CACHE/,
  );
});

it("outside Azure, it says what is missing", async () => {
  await expect(source(CLIENT_ID, {})(STORAGE, 10_000)).rejects.toThrow(
    /: the app has no IDENTITY_ENDPOINT, as an app in Azure has\./,
  );
});
