import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { startAzurite } from "../../local/azurite/azurite.ts";
import { listAccounts } from "../../scripts/accounts/list.ts";
import { keepAliveSender, type Send } from "../../src/shared/net/send.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { signOutByOperator } from "../../src/shared/store/signOut.ts";
import { azuriteStore } from "../support/azuriteStore.ts";
import { shared } from "../support/shared.ts";
import { signInSomebody } from "../support/somebody.ts";
import { readAccountRows, readTable, restoreTable } from "../support/table.ts";

/*
 * A page of a query may be empty, or end, and yet not be the last one: only a page without a continuation token is.
 */

const HOUR = 60 * 60_000;
const NEXT = "x-ms-continuation-NextPartitionKey".toLowerCase();

const azurite = shared(startAzurite);
let empty = 0;
beforeAll(async () => {
  await azuriteStore(azurite).table.get("makes", "the table");
});
beforeEach(async () => {
  await restoreTable(azurite, []);
  empty = 0;
});

/** Every list begins with two empty pages, and ends with one. */
function withEmptyPages(send: Send): Send {
  const pages = ["second", "third", "last"];
  return async (input, request) => {
    const url = new URL(input);
    if (!url.searchParams.has("$filter")) return send(input, request);
    const page = url.searchParams.get("NextPartitionKey");
    const next = pages[pages.indexOf(page ?? "") + 1];
    url.searchParams.delete("NextPartitionKey");
    const answer = await send(url, request);
    const headers = { ...answer.headers, ...(next && { [NEXT]: next }) };
    if (page === "third") return { ...answer, headers };
    empty += 1;
    return { ...answer, headers, body: Buffer.from('{"value":[]}') };
  };
}

const storeAt = (now = Date.now) =>
  azuriteStore(azurite, { now, send: withEmptyPages(keepAliveSender()) });

describe("empty pages that are not the last", () => {
  it("hide no account from the list", async () => {
    const { partition } = await signInSomebody(storeAt(), HOUR);
    // Of the sign-in, which has a list too.
    expect(empty).toBe(3);
    const accounts = await listAccounts(storeAt(), { row() {}, end() {} });
    expect(accounts.map(({ account }) => account)).toEqual([partition]);
    expect(empty).toBe(6);
  });

  it("hide no tokens from an operator's sign-out", async () => {
    const { partition } = await signInSomebody(storeAt(), HOUR);
    expect(await signOutByOperator(storeAt(), partition)).toBe(true);
    expect(await readAccountRows(azurite)).toEqual([]);
    expect(empty).toBe(6);
  });

  it("hide nothing from the purge", async () => {
    await signInSomebody(
      storeAt(() => Date.now() - 72 * HOUR),
      HOUR,
    );
    expect(await purge(storeAt())).toMatchObject({ expired: 1 });
    expect(await readTable(azurite)).toEqual([]);
    expect(empty).toBeGreaterThanOrEqual(3);
  });
});
