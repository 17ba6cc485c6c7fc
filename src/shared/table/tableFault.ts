import { causesOf } from "../base/causes.ts";

/** What one try of one request to the table service met: for the log, which names it field by field. */
export class TableFault extends Error {
  override readonly name = "TableFault";
  /** The service's own code, else that of the network (`ECONNRESET`), else the HTTP status. */
  readonly code: string;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  readonly operation: TableOperation;
  readonly table: string;
  /** Of the storage account. */
  readonly host: string;
  /** `x-ms-request-id`: by this, support finds the request. */
  readonly requestId: string | undefined;
  /** What to do about it. */
  readonly fix: string;

  constructor(
    { code, status, operation, table, host, requestId, fix }: Said,
    options?: ErrorOptions,
  ) {
    super(`${operation} of ${table} at ${host}: ${code}`, options);
    this.code = code;
    this.status = status;
    this.operation = operation;
    this.table = table;
    this.host = host;
    this.requestId = requestId;
    this.fix = fix;
  }
}

type Said = Pick<
  TableFault,
  "code" | "status" | "operation" | "table" | "host" | "requestId" | "fix"
>;

/** As the Table service's documentation names them. */
export type TableOperation =
  | "get"
  | "insert"
  | "replace"
  | "transaction"
  | "delete"
  | "query"
  | "create table";

/** What storage said, for a line of the log; nothing where an error has nothing to do with it. */
export function faultFields(error: unknown): Readonly<Record<string, string>> {
  const fault = [...causesOf(error)].find((e) => e instanceof TableFault);
  if (fault === undefined) return {};
  const { code, operation, table, host, requestId, fix } = fault;
  return { code, operation, table, host, ...(requestId && { requestId }), fix };
}
