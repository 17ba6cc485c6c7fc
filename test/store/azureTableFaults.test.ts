import type { RequestListener } from "node:http";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import type { Send } from "../../src/shared/net/send.ts";
import { azureTable } from "../../src/shared/table/azureTable.ts";
import { type TableRequests, Unanswered } from "../../src/shared/table/retrying.ts";
import type { Write } from "../../src/shared/table/table.ts";
import { noIdentity } from "../support/azuriteStore.ts";
import { keepAliveSender } from "../support/send.ts";
import { against as meet } from "../support/tableAnswers.ts";
import { type Impatient, impatientSender } from "../support/timeouts.ts";

let impatient: Impatient;
/** Patient, but where the service is to stay silent: a machine that is busy is not. */
let send: Send;
beforeEach(() => {
  impatient = impatientSender();
  send = keepAliveSender();
});

it.each([
  "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;EndpointSuffix=core.windows.net",
  "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=a2V5;TableEndpoint=http://a.example.com/;",
  "TableEndpoint=http://a.table.core.windows.net;SharedAccessSignature=sv=1&sig=x",
])("is not opened over plain http: %s", (connectionString) => {
  expect(() => azureTable({ connectionString }, impatient.send, noIdentity)).toThrow(
    "The table endpoint in the storage setting has to begin with https:// (http:// only on localhost).",
  );
  expect(impatient.asked).toEqual([]);
});

describe("a table service that", () => {
  const against = (listener: RequestListener, use: (table: TableRequests) => Promise<void>) =>
    meet(listener, use, send);
  const failure = (table: TableRequests) => table.get("p", "r").catch((error: unknown) => error);

  it.each([
    [404, "<html><body>Not found</body></html>"],
    [404, '{"message":"no route"}'],
    [404, ""],
    [409, "Conflict"],
    [412, ""],
    ...[400, 401, 403, 405].map((status) => [status, ""] as const),
  ])("is not it, and answers %i %j: nothing is taken for deleted", async (status, body) => {
    const listener: RequestListener = (_, response) => response.writeHead(status).end(body);
    await against(listener, async (table) => {
      const insert = (rowKey: string): Write => ({
        kind: "insert",
        entity: { partitionKey: "p", rowKey },
      });
      await expect(table.remove("p", "r")).rejects.toThrow(StoreUnavailable);
      await expect(table.get("p", "r")).rejects.toThrow(StoreUnavailable);
      await expect(table.write([insert("r")])).rejects.toThrow(StoreUnavailable);
      await expect(table.write([insert("r"), insert("s")])).rejects.toThrow(StoreUnavailable);
      await expect(table.page("a", "b", undefined)).rejects.toThrow(StoreUnavailable);
    });
  });

  it.each<[number, string | undefined, number | undefined]>([
    [408, undefined, undefined],
    [429, "7", 7_000],
    [500, undefined, undefined],
    [503, "0", 0],
    [503, "soon", undefined],
    [503, "Thu, 15 Jan 2026 12:00:00 GMT", 0],
  ])("answers %i with Retry-After %p: Unanswered, once", async (status, after, retryAfter) => {
    let requests = 0;
    const listener: RequestListener = (_, response) => {
      requests++;
      response.writeHead(status, after === undefined ? {} : { "retry-after": after }).end();
    };
    await against(listener, async (table) => {
      const error = await failure(table);
      expect(error).toBeInstanceOf(Unanswered);
      expect(error).toHaveProperty("retryAfter", retryAfter);
      expect(requests).toBe(1);
    });
  });

  it.each<[string, RequestListener]>([
    ["hangs up", (request) => request.destroy()],
    ["stays silent", () => {}],
  ])("%s: Unanswered, for a row and for each page", async (_, listener) => {
    send = impatient.send;
    await against(listener, async (table) => {
      expect(await failure(table)).toBeInstanceOf(Unanswered);
      await expect(table.page("a", "b", undefined)).rejects.toBeInstanceOf(Unanswered);
    });
    expect(impatient.asked).toEqual([2_000, 2_000]);
  });

  it("could compress its answers is not asked to: they are read as they are", async () => {
    const encodings: unknown[] = [];
    const listener: RequestListener = ({ headers }, response) => {
      encodings.push(headers["accept-encoding"]);
      response.writeHead(503).end();
    };
    await against(listener, async (table) => {
      await failure(table);
    });
    expect(encodings).toEqual(["identity"]);
  });

  it("is not there: Unanswered", async () => {
    let gone: TableRequests | undefined;
    await against(
      () => {},
      async (table) => {
        gone = table;
      },
    );
    expect(gone && (await failure(gone))).toBeInstanceOf(Unanswered);
  });
});
