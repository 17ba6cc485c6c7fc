import { describe, expect, it } from "@jest/globals";
import { createWatch } from "../../bench/world/watch.ts";
import type { TableRequests } from "../../src/shared/table/retrying.ts";

const ANSWERING: TableRequests = {
  get: async () => undefined,
  write: async () => true,
  remove: async () => true,
  page: async () => ({ entities: [], next: undefined }),
};
const ENTITY = { partitionKey: "a.1", rowKey: "head" };

describe("what a watch counts", () => {
  it("is one round trip for each request that waits for the one before", async () => {
    const { watching, take } = createWatch();
    const table = watching(ANSWERING);
    await table.get("s.1", "sid");
    await table.remove("a.1", "c.1");
    await table.write([{ kind: "replace", entity: ENTITY, etag: "1" }]);
    expect(take()).toEqual({
      requests: ["read", "delete", "replace"],
      roundTrips: 3,
      untilGone: 2,
    });
  });

  it("is one round trip for requests at the same time", async () => {
    const { watching, take } = createWatch();
    const table = watching(ANSWERING);
    await Promise.all([table.get("a", "b"), table.page("a", "b", undefined)]);
    await table.write([
      { kind: "insert", entity: ENTITY },
      { kind: "insert", entity: ENTITY },
    ]);
    expect(take()).toMatchObject({ requests: ["read", "list", "transaction"], roundTrips: 2 });
  });

  it("takes the tokens for gone only when their row is deleted", async () => {
    const { watching, take } = createWatch();
    await watching(ANSWERING).remove("s.1", "sid");
    expect(take().untilGone).toBeUndefined();
  });

  it("begins anew when it has been taken", async () => {
    const { watching, take } = createWatch();
    await watching(ANSWERING).get("a", "b");
    take();
    expect(take()).toEqual({ requests: [], roundTrips: 0, untilGone: undefined });
  });
});
