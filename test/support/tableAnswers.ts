import { createServer, type RequestListener } from "node:http";
import type { Send } from "../../src/shared/net/send.ts";
import { azureTable } from "../../src/shared/table/azureTable.ts";
import type { TableRequests } from "../../src/shared/table/retrying.ts";
import { noIdentity } from "./azuriteStore.ts";
import { close, listen } from "./listen.ts";
import { keepAliveSender } from "./send.ts";

/** A table whose service answers like `listener` while `use` runs. */
export async function against(
  listener: RequestListener,
  use: (table: TableRequests) => Promise<void>,
  send: Send = keepAliveSender(),
): Promise<void> {
  const server = createServer(listener);
  const port = await listen(server);
  const connectionString = [
    "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5",
    `TableEndpoint=http://127.0.0.1:${port}/a;`,
  ].join(";");
  try {
    await use(azureTable({ connectionString }, send, noIdentity));
  } finally {
    await close(server);
  }
}

/** Answers as the Table service does: a code, and a sentence that says nothing else. */
export function answering(status: number, code: string, text = "Said by a test."): RequestListener {
  return (_, response) => {
    const error = { code, message: { lang: "en-US", value: text } };
    const headers = { "content-type": "application/json", "x-ms-request-id": "r-1" };
    response.writeHead(status, headers).end(JSON.stringify({ "odata.error": error }));
  };
}

/** Answers a transaction as the service does: with as many answers as it has carried out. */
export function changeset(
  answers: readonly string[],
  end = "--changesetresponse_1--\r\n",
): RequestListener {
  return (request, response) => {
    request.resume();
    const parts = answers.map(
      (answer) =>
        `--changesetresponse_1\r\nContent-Type: application/http\r\n\r\n${answer}\r\n\r\n`,
    );
    const type = "multipart/mixed; boundary=batchresponse_1";
    const body = `--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n${parts.join("")}${end}--batchresponse_1--\r\n`;
    response.writeHead(202, { "content-type": type }).end(body);
  };
}

export function failed(status: number, code: string, text: string): string {
  const error = { code, message: { lang: "en-US", value: text } };
  return `HTTP/1.1 ${status} Said by a test\r\nContent-Type: application/json\r\n\r\n${JSON.stringify({ "odata.error": error })}`;
}
