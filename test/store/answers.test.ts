import type { RequestListener } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import { type TableRequests, Unanswered } from "../../src/shared/table/retrying.ts";
import type { Entity, Write } from "../../src/shared/table/table.ts";
import { TableFault } from "../../src/shared/table/tableFault.ts";
import { against, answering, changeset, failed } from "../support/tableAnswers.ts";

const ETAG = `W/"datetime'2026-01-15T12%3A00%3A00.0000000Z'"`;
const row = (rowKey = "r"): Entity => ({ partitionKey: "p", rowKey });
const insert = (rowKey?: string): Write => ({ kind: "insert", entity: row(rowKey) });
const remove = (rowKey?: string): Write => ({ kind: "remove", entity: row(rowKey) });
const replace = (rowKey?: string): Write => ({ kind: "replace", entity: row(rowKey), etag: ETAG });

const NO_ROW = ["404 ResourceNotFound", "404 EntityNotFound"];
const OTHER_VERSION = ["412 UpdateConditionNotSatisfied", "412 ConditionNotMet"];

/** What each is told by, and what its answer then is. Everything else is a fault. */
const OPERATIONS: Readonly<
  Record<string, readonly [(table: TableRequests) => Promise<unknown>, readonly string[], unknown]>
> = {
  get: [(table) => table.get("p", "r"), NO_ROW, undefined],
  insert: [(table) => table.write([insert()]), ["409 EntityAlreadyExists"], false],
  replace: [(table) => table.write([replace()]), [...NO_ROW, ...OTHER_VERSION], false],
  delete: [(table) => table.remove("p", "r"), NO_ROW, false],
  "delete of one, as a write": [(table) => table.write([remove()]), NO_ROW, false],
  "delete of a version": [
    (table) => table.remove("p", "r", ETAG),
    [...NO_ROW, ...OTHER_VERSION],
    false,
  ],
  query: [(table) => table.page("p", "q", undefined), [], undefined],
};

const ANSWERS = [
  ...NO_ROW,
  ...OTHER_VERSION,
  "409 EntityAlreadyExists",
  "409 TableBeingDeleted",
  "409 TableAlreadyExists",
  "409 OperationNotAllowed",
  "404 UpdateConditionNotSatisfied",
  "412 EntityAlreadyExists",
  "403 AuthorizationPermissionMismatch",
  "400 InvalidInput",
];

describe.each(Object.keys(OPERATIONS))("%s", (name) => {
  const [run, fulfilled, answer] = OPERATIONS[name] as (typeof OPERATIONS)[string];

  it.each(ANSWERS)("that is answered %s", async (said) => {
    const [status, code = ""] = said.split(" ");
    await against(answering(Number(status), code), async (table) => {
      const outcome = await run(table).catch((error: unknown) => error);
      if (fulfilled.includes(said)) return expect(outcome).toBe(answer);
      expect(outcome).toBeInstanceOf(StoreUnavailable);
      expect(outcome).toHaveProperty("message", expect.stringContaining(`refuses with ${said}.`));
      const { cause } = outcome as Error;
      expect(cause).toBeInstanceOf(TableFault);
      expect(cause).toMatchObject({
        code,
        operation: name.split(" ")[0],
        table: "lightsout",
        host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        requestId: "r-1",
        fix: expect.stringMatching(/\.$/),
      });
    });
  });
});

describe("a transaction", () => {
  const writes = [replace("a"), insert("b")];
  const DONE = "HTTP/1.1 204 No Content";
  /** After the first of two answers. */
  const cutOff: RequestListener = (_, response) => {
    const headers = { "content-type": "multipart/mixed; boundary=batchresponse_1" };
    const begun = `--batchresponse_1\r\n\r\n--changesetresponse_1\r\n\r\n${DONE}\r\n\r\n--change`;
    response.writeHead(202, headers).end(begun);
  };

  it.each<[string, RequestListener]>([
    [
      "a condition that the write of that index has not",
      changeset([failed(409, "EntityAlreadyExists", "0:x")]),
    ],
    ["a write that it has not", changeset([failed(409, "EntityAlreadyExists", "7:x")])],
    ["no index", changeset([failed(409, "EntityAlreadyExists", "x")])],
    ["a table that goes", changeset([failed(409, "TableBeingDeleted", "0:x")])],
    ["a table that goes, as a whole", answering(409, "TableBeingDeleted")],
    ["an error inside", changeset([failed(500, "InternalError", "0:x")])],
    ["fewer answers than writes", changeset([DONE])],
    ["an answer that is cut off", cutOff],
    ["no answers", changeset([])],
    ["another answer than a success", changeset([DONE, "HTTP/1.1 409 Conflict"])],
    ["202, and nothing", (_, response) => response.writeHead(202).end()],
    ["200 {}", (_, response) => response.writeHead(200).end("{}")],
  ])("is a fault by %s", async (_, listener) => {
    await against(listener, async (table) => {
      const outcome = await table.write(writes).catch((error: unknown) => error);
      expect([StoreUnavailable, Unanswered]).toContain((outcome as Error).constructor);
    });
  });
});

describe("an answer that is none to the request", () => {
  const TYPE = { "content-type": "application/json;odata=minimalmetadata" };
  const json =
    (body: unknown, headers = {}): RequestListener =>
    (_, response) =>
      response.writeHead(200, { ...TYPE, ...headers }).end(JSON.stringify(body));

  it.each<[string, unknown]>([
    ["empty", {}],
    ["another row", { PartitionKey: "p", RowKey: "s", "odata.etag": ETAG }],
    ["another partition's", { PartitionKey: "P", RowKey: "r", "odata.etag": ETAG }],
    [
      "without its ETag: a write over it would have no condition",
      { PartitionKey: "p", RowKey: "r" },
    ],
    ["a list", { value: [{ PartitionKey: "p", RowKey: "r" }] }],
  ])("is not taken for the row that was asked for: %s", async (_, body) => {
    await against(json(body), async (table) => {
      await expect(table.get("p", "r")).rejects.toBeInstanceOf(Unanswered);
    });
  });

  it.each<[string, unknown]>([
    ["empty", {}],
    ["no list", { value: {} }],
    ["other rows", { value: [{ PartitionKey: "z", RowKey: "r", "odata.etag": ETAG }] }],
    ["rows without their ETags", { value: [{ PartitionKey: "p", RowKey: "r" }] }],
  ])("is not taken for a page: %s", async (_, body) => {
    await against(json(body), async (table) => {
      await expect(table.page("p", "q", undefined)).rejects.toBeInstanceOf(Unanswered);
    });
  });

  it("is not taken for the last page, where it only is empty", async () => {
    const more = { "x-ms-continuation-NextPartitionKey": "p" };
    await against(json({ value: [] }, more), async (table) => {
      const { entities, next } = await table.page("p", "q", undefined);
      expect([entities, typeof next]).toEqual([[], "string"]);
    });
  });

  it.each(["insert", "replace", "delete"])("is not taken for success of %s", async (name) => {
    await against(json({}), async (table) => {
      await expect(OPERATIONS[name]?.[0](table)).rejects.toBeInstanceOf(Unanswered);
    });
  });
});
