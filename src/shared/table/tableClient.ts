import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { TableClient } from "@azure/data-tables";
import { SettingInvalid } from "../base/errors.ts";
import { httpsUrl } from "../config/env.ts";
import type { StorageSettings } from "../config/storage.ts";
import type { Send } from "../net/send.ts";
import type { TokenSource } from "../oauth/heldTokens.ts";
import type { ManagedIdentity } from "../oauth/managedIdentity.ts";
import { type PointRead, pointReader } from "./pointRead.ts";
import { sharedKeyPolicy } from "./sharedKey.ts";

/** Milliseconds one try may take. A point read takes 5 to 20 in the same region. */
const TRY_TIMEOUT_MS = 2_000;

/**
 * What the SDK does with every request, and these never need: `send` has its own time-out, no answer is
 * compressed or redirected, and no body is a form or a stream.
 */
export const IDLE_POLICIES = [
  "decompressResponsePolicy",
  "formDataPolicy",
  "logPolicy",
  "multipartPolicy",
  "proxyPolicy",
  "redirectPolicy",
  "tracingPolicy",
  "wrapAbortSignalLikePolicy",
];

/** The SDK reads a proxy from the environment if it is given none, and throws where it cannot. It uses neither. */
const NO_PROXY = { host: "http://none.invalid", port: 1 };

/** The SDK's client, on our way to the network. @throws {SettingInvalid} The endpoint is not one to send keys to. */
export function openTableClient(
  tableName: string,
  storage: StorageSettings,
  send: Send,
  managedIdentity: ManagedIdentity,
): { client: TableClient; pointRead: PointRead } {
  // Without a credential for a managed identity: the SDK's way with tokens asks for the next one behind everybody's back.
  const httpClient = pipelineClient(
    "connectionString" in storage
      ? send
      : withToken(send, managedIdentity(storage.identity), resourceAt(storage.tableServiceUri)),
  );
  // Tries are counted by `retrying`.
  const options = { retryOptions: { maxRetries: 0 }, httpClient, proxyOptions: NO_PROXY };
  const client =
    "connectionString" in storage
      ? fromConnectionString(storage.connectionString, tableName, options)
      : new TableClient(storage.tableServiceUri, tableName, options);
  // The SDK leaves this to its own way to the network.
  httpsUrl("The table endpoint in the storage setting", client.url);
  for (const name of IDLE_POLICIES) client.pipeline.removePolicy({ name });
  const signing =
    "connectionString" in storage ? sharedKeyPolicy(storage.connectionString) : undefined;
  if (signing && client.pipeline.removePolicy(signing).length > 0)
    client.pipeline.addPolicy(signing);
  return { client, pointRead: pointReader(client, httpClient) };
}

/** @throws {SettingInvalid} The SDK's own word for what is wrong may repeat what it was given. */
function fromConnectionString(
  ...[connectionString, tableName, options]: Parameters<typeof TableClient.fromConnectionString>
): TableClient {
  try {
    return TableClient.fromConnectionString(connectionString, tableName, options);
  } catch {
    throw new SettingInvalid(
      "The connection string in the storage setting is malformed. Copy it again from the storage account: Security + networking, Access keys.",
    );
  }
}

function pipelineClient(send: Send): HttpClient {
  return {
    async sendRequest(request) {
      const text = request.body ?? undefined;
      if (text !== undefined && typeof text !== "string") {
        throw new TypeError("The table service is sent text only.");
      }
      const { status, headers, body } = await send(request.url, {
        method: request.method,
        headers: request.headers.toJSON(),
        ...(text !== undefined && { body: text }),
        timeout: TRY_TIMEOUT_MS,
      });
      return {
        request,
        status,
        headers: createHttpHeaders(headers as Record<string, string>),
        bodyAsText: body.toString(),
      };
    },
  };
}

/** The wait for the token is part of the try. */
function withToken(send: Send, source: TokenSource, resource: string): Send {
  return async (url, { timeout, headers, ...request }) => {
    const started = performance.now();
    const authorization = `Bearer ${await source(resource, timeout)}`;
    const left = Math.max(timeout - (performance.now() - started), 1);
    return await send(url, { ...request, headers: { ...headers, authorization }, timeout: left });
  };
}

/** What the token is for: Table Storage, or Cosmos DB for Table. */
function resourceAt(endpoint: string): string {
  const isCosmos = /\.table\.cosmos(db)?\./.test(new URL(endpoint).hostname);
  return isCosmos ? "https://cosmos.azure.com" : "https://storage.azure.com";
}
