import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";

type Json = Record<string, unknown>;

export interface Operation {
  operationId: string;
  summary?: string;
  security: Record<string, unknown[]>[];
  responses: Record<string, unknown>;
}

interface Header {
  required?: boolean;
  schema: object;
}

interface DescribedResponse {
  headers?: Record<string, unknown>;
  content?: Record<string, { schema?: object; examples?: Record<string, { value: unknown }> }>;
}

const METHODS = ["get", "head", "post", "put", "patch", "delete"];

/** `docs/openapi.yaml`. */
export const description = parse(
  readFileSync(new URL("../../docs/openapi.yaml", import.meta.url), "utf8"),
) as { info: { version: string }; paths: Record<string, Json>; components: Json };

/** Every operation, by method and path, such as `GET /auth/session`. */
export const operations = new Map<string, Operation>(
  Object.entries(description.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      item[method] as Operation,
    ]),
  ),
);

/** What a `$ref` stands for; anything else as it is. @throws Error when it leads nowhere */
export function resolve<T>(value: unknown): T {
  const { $ref } = (value ?? {}) as { $ref?: string };
  if ($ref === undefined) return value as T;
  let target: unknown = description;
  for (const part of $ref.slice("#/".length).split("/")) target = (target as Json)?.[part];
  if (target === undefined) throw new Error(`${$ref} leads nowhere.`);
  return resolve<T>(target);
}

const ajv = new Ajv2020({
  strict: false,
  formats: {
    "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
    uri: (text: string) => /^https?:/.test(text) && URL.canParse(text),
  },
});

/** What is wrong with a value, as its schema sees it; nothing when it is as described. */
export function faultsOf(schema: object, value: unknown): string[] {
  const validate = ajv.compile({ ...schema, components: description.components });
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The name under which a status is described: its own, its range, or undefined. */
export function describedStatus({ responses }: Operation, status: number): string | undefined {
  return [String(status), `${Math.floor(status / 100)}XX`].find((name) => name in responses);
}

/** What is wrong with a real answer, as the description sees it. */
export function faultsOfAnswer(operation: Operation, answer: Response, body: string): string[] {
  const name = describedStatus(operation, answer.status);
  if (name === undefined) return [`The status ${answer.status} is not described.`];
  const { headers = {}, content } = resolve<DescribedResponse>(operation.responses[name]);
  return [...faultsOfHeaders(headers, answer), ...faultsOfBody(content, answer, body)];
}

function faultsOfHeaders(headers: Record<string, unknown>, answer: Response): string[] {
  return Object.entries(headers).flatMap(([name, reference]) => {
    const { required, schema } = resolve<Header>(reference);
    const values =
      name === "Set-Cookie" ? answer.headers.getSetCookie() : [answer.headers.get(name) ?? []];
    const faults = values.flat().flatMap((value) => faultsOf(schema, value));
    if (required && values.flat().length === 0) faults.push("is missing");
    return faults.map((fault) => `The header ${name}: ${fault}`);
  });
}

function faultsOfBody(
  content: DescribedResponse["content"],
  answer: Response,
  body: string,
): string[] {
  if (body === "") return [];
  if (content === undefined) return ["There is a body, and none is described."];
  const [type = ""] = (answer.headers.get("content-type") ?? "").split(";");
  const described = content[type] ?? content[type.replace(/\/.*/, "/*")];
  if (described === undefined) return [`The type ${type} is not described.`];
  if (described.schema === undefined) return [];
  return faultsOf(described.schema, type.endsWith("json") ? JSON.parse(body) : body);
}

/** Every example, with its schema. */
export function examples(): [name: string, schema: object, value: unknown][] {
  return [...operations].flatMap(([name, { responses }]) =>
    Object.values(responses).flatMap((reference) =>
      Object.values(resolve<DescribedResponse>(reference).content ?? {}).flatMap(
        ({ schema = {}, examples = {} }) =>
          Object.entries(examples).map(([example, { value }]): [string, object, unknown] => [
            `${name}, ${example}`,
            schema,
            value,
          ]),
      ),
    ),
  );
}
