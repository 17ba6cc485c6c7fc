import { execFileSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { SettingInvalid } from "../../src/shared/base/errors.ts";
import { readSealingKeys } from "../../src/shared/config/sealingKeys.ts";
import { root } from "../infra/project.ts";

const key = (byte: number, size = 32) => Buffer.alloc(size, byte).toString("base64");
const read = (value: string | undefined) => readSealingKeys({ TOKEN_CACHE_KEYS: value });

describe("TOKEN_CACHE_KEYS", () => {
  it("keeps the order: the first key seals", () => {
    const keys = read(`new:${key(1)}, old:${key(2)}`);
    expect(keys.map(({ id }) => id)).toEqual(["new", "old"]);
    expect(keys.map((entry) => entry.key.export())).toEqual([
      Buffer.alloc(32, 1),
      Buffer.alloc(32, 2),
    ]);
  });

  it("says how to make one when it is missing, in a command that works", () => {
    expect(() => read(undefined)).toThrow(
      "TOKEN_CACHE_KEYS is not set. Make one with: npx lightsout keys",
    );
    const made = execFileSync(process.execPath, ["scripts/lightsout.ts", "keys"], { cwd: root });
    expect(read(made.toString())).toHaveLength(1);
  });

  it.each([
    key(1),
    `:${key(1)}`,
    `k1:${key(1, 31)}`,
    `k1:${key(1, 33)}`,
    `k1:${key(1).slice(0, -1)}`,
    `k1:${Buffer.alloc(32, 255).toString("base64url")}=`,
    `k1 ${key(1)}`,
    `k.1:${key(1)}`,
    `${"k".repeat(17)}:${key(1)}`,
    `k1:${key(1)},`,
    `k1:${key(1)};k2:${key(2)}`,
    `k1:${key(1)} k2:${key(2)}`,
    "k1:",
    ",",
  ])("refuses %s and repeats nothing of it", (value) => {
    expect(() => read(value)).toThrow(SettingInvalid);
    expect(() => read(value)).toThrow(/^TOKEN_CACHE_KEYS is malformed\. .*Make one with/);
    const secret = expect.stringContaining(key(1).slice(0, 30));
    expect(() => read(value)).not.toThrow(expect.objectContaining({ message: secret }));
  });

  it("refuses an id that is used twice", () => {
    expect(() => read(`k1:${key(1)},k2:${key(2)},k1:${key(3)}`)).toThrow(
      "TOKEN_CACHE_KEYS uses the same id twice. Give every key an id of its own.",
    );
  });
});
