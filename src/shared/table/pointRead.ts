import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  RestError,
} from "@azure/core-rest-pipeline";
import type { TableClient } from "@azure/data-tables";
import { SHARED_KEY_POLICY } from "./sharedKey.ts";

/** Query Entities with both keys (Table service REST API); binary properties come with their type. */
const HEADERS = {
  accept: "application/json;odata=minimalmetadata",
  dataserviceversion: "3.0",
  "x-ms-version": "2019-02-02",
};
/** The end of a name that holds the type of the property before it. */
const TYPE = "@odata.type";

/** An entity as the service writes it, with its ETag. @throws {RestError} and what the client throws. */
export type PointRead = (partitionKey: string, rowKey: string) => Promise<Record<string, unknown>>;

/**
 * Reads one row: the request that every call of a signed-in user waits for. It is sent with the SDK's credential, and
 * without the SDK's layers, which take more time than all that the app does.
 */
export function pointReader(
  { url, tableName, pipeline }: TableClient,
  client: HttpClient,
): PointRead {
  const { origin, pathname, search } = new URL(url);
  const table = `${origin}${pathname.replace(/\/$/, "")}/${tableName}`;
  const signing = pipeline.getOrderedPolicies().find(({ name }) => name === SHARED_KEY_POLICY);
  const send = client.sendRequest.bind(client);

  return async (partitionKey, rowKey) => {
    const keys = `PartitionKey=${literal(partitionKey)},RowKey=${literal(rowKey)}`;
    const request = createPipelineRequest({
      url: `${table}(${keys})${search}`,
      headers: createHttpHeaders(HEADERS),
    });
    const answer = await (signing ? signing.sendRequest(request, send) : send(request));
    const text = answer.bodyAsText ?? "";
    if (answer.status === 200) return entityIn(JSON.parse(text));
    const code = codeIn(text);
    throw new RestError(text, {
      statusCode: answer.status,
      ...(code && { code }),
      response: answer,
    });
  };
}

function literal(key: string): string {
  return encodeURIComponent(`'${key.replaceAll("'", "''")}'`);
}

function entityIn(answer: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entity: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(answer)) {
    if (name.endsWith(TYPE)) continue;
    const isBinary = answer[name + TYPE] === "Edm.Binary";
    entity[NAMES[name] ?? name] = isBinary ? Buffer.from(String(value), "base64") : value;
  }
  return entity;
}

/** The SDK's names for the properties that every entity has. */
const NAMES: Readonly<Record<string, string>> = {
  PartitionKey: "partitionKey",
  RowKey: "rowKey",
  Timestamp: "timestamp",
  "odata.etag": "etag",
};

function codeIn(text: string): string | undefined {
  try {
    return JSON.parse(text)["odata.error"]?.code;
  } catch {
    return undefined;
  }
}
