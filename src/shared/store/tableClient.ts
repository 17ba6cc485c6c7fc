import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { TableClient } from "@azure/data-tables";
import { httpsUrl } from "../config/env.ts";
import type { StorageSettings } from "../config/storage.ts";
import { SettingInvalid } from "../errors.ts";
import type { Send } from "../http/send.ts";
import type { TokenSource } from "../identity/managedIdentity.ts";

/** Milliseconds one try may take. A point read takes 5 to 20 in the same region. */
const TRY_TIMEOUT = 2_000;

/**
 * What the SDK does with every request, and these never need: `send` has its own time-out, no answer is
 * compressed or redirected, and no body is a form or a stream.
 */
const IDLE_POLICIES = [
  "decompressResponsePolicy",
  "formDataPolicy",
  "logPolicy",
  "multipartPolicy",
  "proxyPolicy",
  "redirectPolicy",
  "tracingPolicy",
  "wrapAbortSignalLikePolicy",
];

/** The SDK's client, on our way to the network. @throws {SettingInvalid} The endpoint is not one to send keys to. */
export function openTableClient(
  tableName: string,
  storage: StorageSettings,
  send: Send,
  managedIdentity: (clientId: string | undefined) => TokenSource,
): TableClient {
  const options = {
    // Tries are counted by `retrying`.
    retryOptions: { maxRetries: 0 },
    httpClient: pipelineClient(send),
  };
  const client =
    "connectionString" in storage
      ? fromConnectionString(storage.connectionString, tableName, options)
      : new TableClient(
          storage.tableServiceUri,
          tableName,
          credentialOf(managedIdentity(storage.managedIdentityClientId)),
          options,
        );
  // The SDK leaves this to its own way to the network.
  httpsUrl("The table endpoint in the storage setting", client.url);
  for (const name of IDLE_POLICIES) client.pipeline.removePolicy({ name });
  return client;
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
        timeout: TRY_TIMEOUT,
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

function credentialOf(source: TokenSource) {
  return {
    async getToken(scopes: string | string[]) {
      const [scope = ""] = [scopes].flat();
      return await source(scope.replace(/\/\.default$/, ""));
    },
  };
}
