import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { TableClient } from "@azure/data-tables";
import type { StorageSettings } from "../config/storage.ts";
import type { Send } from "../http/send.ts";
import type { TokenSource } from "../identity/managedIdentity.ts";

/** Milliseconds one try may take. A point read takes 5 to 20 in the same region. */
const TRY_TIMEOUT = 2_000;

/**
 * What the SDK does with every request, and these never need: `retrying` counts the tries, `send` has its own
 * time-out, and no answer is compressed, redirected or in parts.
 */
const IDLE_POLICIES = [
  "decompressResponsePolicy",
  "defaultRetryPolicy",
  "formDataPolicy",
  "logPolicy",
  "multipartPolicy",
  "proxyPolicy",
  "redirectPolicy",
  "tracingPolicy",
  "wrapAbortSignalLikePolicy",
];

/** The SDK's client, on our way to the network. Each of its requests is one try. */
export function openTableClient(
  tableName: string,
  storage: StorageSettings,
  send: Send,
  managedIdentity: (clientId: string | undefined) => TokenSource,
): TableClient {
  const url = "tableServiceUri" in storage ? storage.tableServiceUri : storage.connectionString;
  const options = {
    allowInsecureConnection: /\bhttp:\/\/(127\.0\.0\.1|localhost)[:/]/.test(url),
    httpClient: pipelineClient(send),
  };
  const client =
    "connectionString" in storage
      ? TableClient.fromConnectionString(storage.connectionString, tableName, options)
      : new TableClient(
          storage.tableServiceUri,
          tableName,
          credentialOf(managedIdentity(storage.managedIdentityClientId)),
          options,
        );
  for (const name of IDLE_POLICIES) client.pipeline.removePolicy({ name });
  return client;
}

function pipelineClient(send: Send): HttpClient {
  return {
    async sendRequest(request) {
      const { status, headers, body } = await send(request.url, {
        method: request.method,
        headers: request.headers.toJSON(),
        // The SDK sends text to the table service, and nothing else.
        ...(typeof request.body === "string" && { body: request.body }),
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
