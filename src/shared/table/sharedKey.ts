import { createHmac, createSecretKey } from "node:crypto";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";

/** The name of the SDK's policy, whose place this one takes. */
export const SHARED_KEY_POLICY = "tablesNamedKeyCredentialPolicy";

/**
 * Signs requests with the account's key (Authorize with Shared Key, Shared Key Lite for the Table service). The SDK's own
 * policy makes a new key object for each request, which takes longer than to unseal everything that the request needs.
 *
 * @returns undefined where a connection string has no key of an account in it.
 */
export function sharedKeyPolicy(connectionString: string): PipelinePolicy | undefined {
  const account = partOf(connectionString, "AccountName");
  const encoded = partOf(connectionString, "AccountKey");
  if (account === undefined || encoded === undefined) return undefined;
  const key = createSecretKey(Buffer.from(encoded, "base64"));
  return {
    name: SHARED_KEY_POLICY,
    sendRequest(request, next) {
      const date = new Date().toUTCString();
      const { pathname } = new URL(request.url);
      const signed = `${date}\n/${account}${pathname}`;
      const signature = createHmac("sha256", key).update(signed).digest("base64");
      request.headers.set("x-ms-date", date);
      request.headers.set("authorization", `SharedKeyLite ${account}:${signature}`);
      return next(request);
    },
  };
}

function partOf(connectionString: string, name: string): string | undefined {
  return new RegExp(`(?:^|;)\\s*${name}=([^;]+)`, "i").exec(connectionString)?.[1]?.trim();
}
