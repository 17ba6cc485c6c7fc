import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import type { Send } from "../http/send.ts";

/** Milliseconds one try may take. A point read takes 5 to 20 in the same region. */
const TRY_TIMEOUT = 2_000;

/** How the Table SDK's requests, signed, get to the service. */
export function pipelineClient(send: Send): HttpClient {
  return {
    async sendRequest(request) {
      // The answers are short or random: nothing is won by compressing them.
      request.headers.delete("accept-encoding");
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
