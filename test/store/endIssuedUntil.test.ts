import { describe, expect, it } from "@jest/globals";
import { describeAccount } from "../../src/shared/store/describe.ts";
import { endIssuedUntil } from "../../src/shared/store/endIssuedUntil.ts";
import { deleteGeneration } from "../../src/shared/store/generation.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { HOME, NOON, signIn as signInTo, storeOfEach, withTable } from "./samples.ts";

const UNTIL = NOON + 60_000;
const ISSUED = { old: UNTIL + 5_000, new: UNTIL + 5_001 };
type Device = keyof typeof ISSUED;

const store = storeOfEach();
let ref: HeldSession;

async function signIn(...devices: Device[]): Promise<void> {
  for (const device of devices) {
    const sid = crypto.randomUUID();
    ref = await signInTo(store, { device, issuedAt: ISSUED[device], sid });
  }
}
const end = (on = store) => endIssuedUntil(on, ref, UNTIL);
const left = async () => (await describeAccount(store, HOME))?.sessions.map((one) => one.device);

it.each<[Device[], boolean, Device[] | undefined]>([
  [["old"], true, undefined],
  [["old", "old"], true, undefined],
  [["old", "new"], true, ["new"]],
  [["new", "old", "new"], true, ["new", "new"]],
  [["new"], false, ["new"]],
])("of sessions that are %j it ends the old ones", async (devices, found, others) => {
  await signIn(...devices);
  expect(await end()).toBe(found);
  expect(await left()).toEqual(others);
  expect(await end()).toBe(false);
  expect(await left()).toEqual(others);
});

describe("where another request comes at that moment", () => {
  const everybody = () => deleteGeneration(store, ref);

  it.each<[string, Device[], () => Promise<unknown>, boolean, Device[] | undefined]>([
    ["a sign-out, it finds none", ["old"], everybody, false, undefined],
    ["a sign-out, it finds none that was to end", ["old", "new"], everybody, false, undefined],
    ["a new session, that stays", ["old"], () => signIn("new"), true, ["new"]],
    ["one more, both stay", ["old", "new"], () => signIn("new"), true, ["new", "new"]],
    ["an old session, both end", ["old"], () => signIn("old"), true, undefined],
    ["an old session, that ends", ["new"], () => signIn("old"), true, ["new"]],
  ])("of %s", async (_, devices, other, found, others) => {
    await signIn(...devices);
    store.table.before = other;
    expect(await end()).toBe(found);
    expect(await left()).toEqual(others);
  });

  it("of the sign-in that creates the generation, it ends that one", async () => {
    await signIn("old");
    const created = [...store.table.rows];
    store.table.rows.clear();
    const by = async () => {
      for (const row of created) store.table.rows.set(...row);
    };
    store.table.interruption = { after: 1, by };
    expect(await end()).toBe(true);
    expect(await left()).toBeUndefined();
  });
});

it.each<[Device[], Device[] | undefined]>([
  [["old"], undefined],
  [["old", "new"], ["new"]],
])("where an answer was lost, nobody can tell whether %j were there", async (devices, others) => {
  await signIn(...devices);
  let tries = 0;
  const lossy = withTable(store, {
    remove: async (...row) => ((await store.table.remove(...row)) ? undefined : false),
    async replace(...write) {
      const outcome = await store.table.replace(...write);
      return tries++ === 0 ? "unsure" : outcome;
    },
  });
  expect(await end(lossy)).toBeUndefined();
  expect(await left()).toEqual(others);
});
