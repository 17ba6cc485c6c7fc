import { beforeEach, describe, expect, it } from "@jest/globals";
import { createProviderKeys } from "../../src/shared/identity/keySet.ts";
import {
  claims,
  idTokens,
  NONCE,
  NOW,
  OID,
  type ProviderKey,
  providerKey,
  providerMetadata,
  rejected,
  signed,
} from "../support/identity.ts";
import { type Answer, startLoopback } from "../support/loopback.ts";
import { keepAliveSender } from "../support/send.ts";
import { shared } from "../support/shared.ts";
import { impatientSender } from "../support/timeouts.ts";

const provider = shared(startLoopback);
const [key, other] = [await providerKey("key-1"), await providerKey("key-2")];
/** Milliseconds. */
let elapsed = 0;
beforeEach(() => {
  provider.requests.length = 0;
  publish(key);
});

function publish(...keys: ProviderKey[]): void {
  provider.respond = () => ({ body: { keys: keys.map(({ jwk }) => jwk) } });
}

function validator(
  metadata = async () => providerMetadata(provider.url),
  send = keepAliveSender(),
) {
  const now = () => NOW;
  return idTokens(
    metadata,
    createProviderKeys(metadata, send, now, () => elapsed),
  );
}

const unavailable = { code: "ERR_PROVIDER_UNAVAILABLE" };

describe("keys", () => {
  it("are fetched once, by the address in the metadata", async () => {
    const one = validator();
    const token = await signed(claims(), key);
    await Promise.all([one.validate(token, NONCE), one.validate(token, NONCE)]);
    await one.validate(token, NONCE);
    expect(provider.requests.map(({ url }) => url)).toEqual([
      new URL(providerMetadata(provider.url).jwks_uri).pathname,
    ]);
  });

  it("are not fetched for each made-up key", async () => {
    const one = validator();
    for (let i = 0; i < 20; i++) {
      const token = await signed(claims(), other, { kid: `made-up-${i}` });
      const error = rejected("id_token_jwks_no_matching_key");
      await expect(one.validate(token, NONCE)).rejects.toMatchObject(error);
    }
    expect(provider.requests).toHaveLength(1);
  });

  it("serve on while the provider's keys cannot be had, after their day too", async () => {
    const one = validator();
    const token = await signed(claims(), key);
    await one.validate(token, NONCE);
    provider.respond = () => "drop";
    for (let hours = 0; hours < 48; hours += 6) {
      elapsed += 6 * 3_600_000;
      await expect(one.validate(token, NONCE)).resolves.toMatchObject({ oid: OID });
    }
    publish(other);
    elapsed += 31_000;
    await expect(one.validate(token, NONCE)).rejects.toMatchObject(
      rejected("id_token_jwks_no_matching_key"),
    );
  });

  it("that may have come are asked for twice a minute while bad tokens come and none can be had", async () => {
    const one = validator();
    await one.validate(await signed(claims(), key), NONCE);
    provider.respond = () => ({ status: 503 });
    provider.requests.length = 0;
    const rotated = await signed(claims(), other);
    elapsed += 60_000;
    for (let second = 0; second < 60; second++) {
      await expect(one.validate(rotated, NONCE)).rejects.toMatchObject({
        ...unavailable,
        url: providerMetadata(provider.url).jwks_uri,
      });
      elapsed += 1_000;
    }
    expect(provider.requests).toHaveLength(2);
    publish(key, other);
    await expect(one.validate(rotated, NONCE)).resolves.toMatchObject({ oid: OID });
  });

  it("of which there are none yet are asked for soon again, but not for each token", async () => {
    const one = validator();
    const token = await signed(claims(), key);
    provider.respond = () => ({ status: 503 });
    for (let i = 0; i < 20; i++) {
      await expect(one.validate(token, NONCE)).rejects.toMatchObject(unavailable);
    }
    expect(provider.requests).toHaveLength(1);
    publish(key);
    elapsed += 5_000;
    await expect(one.validate(token, NONCE)).resolves.toMatchObject({ oid: OID });
  });

  it("are looked for where the metadata says now", async () => {
    let path = "/old";
    const one = validator(async () =>
      providerMetadata(provider.url, { jwks_uri: provider.url + path }),
    );
    const token = await signed(claims(), key);
    await one.validate(token, NONCE);
    path = "/new";
    await one.validate(token, NONCE);
    expect(provider.requests.map(({ url }) => url)).toEqual(["/old", "/new"]);
  });

  it.each<[string, Answer | "drop"]>([
    ["500", { status: 500 }],
    ["a redirect", { status: 302, headers: { location: "/keys" } }],
    ["HTML", { body: "<html>" }],
    ["no key set", { body: { keys: "none" } }],
    ["a closed connection", "drop"],
  ])("that cannot be had (%s) are the provider's fault, not the user's", async (_, given) => {
    provider.respond = () => given;
    await expect(validator().validate(await signed(claims(), key), NONCE)).rejects.toMatchObject(
      unavailable,
    );
  });

  it("that do not come in time are the provider's fault", async () => {
    const { asked, send } = impatientSender();
    provider.respond = () => "hang";
    await expect(
      validator(undefined, send).validate(await signed(claims(), key), NONCE),
    ).rejects.toMatchObject(unavailable);
    expect(asked).toEqual([5_000]);
  });

  it("are not asked for while the metadata cannot be had", async () => {
    const failing = validator(async () => {
      throw new Error("down");
    });
    await expect(failing.validate(await signed(claims(), key), NONCE)).rejects.toThrow("down");
    expect(provider.requests).toHaveLength(0);
  });
});
