/** The messages that pass between the Functions host and its Node worker, as far as HTTP and timers use them. */

export interface Nullable<T> {
  value: T;
}

export interface RpcCookie {
  name: string;
  value: string;
  domain?: Nullable<string>;
  path?: Nullable<string>;
  expires?: Nullable<{ seconds: number }>;
  secure?: Nullable<boolean>;
  httpOnly?: Nullable<boolean>;
  sameSite?: "none" | "lax" | "strict" | "explicitNone";
  /** Seconds. */
  maxAge?: Nullable<number>;
}

export interface RpcHttpRequest {
  method: string;
  url: string;
  nullableHeaders: Record<string, Nullable<string>>;
  nullableQuery: Record<string, Nullable<string>>;
  nullableParams: Record<string, Nullable<string>>;
  body?: { bytes: Uint8Array };
}

export interface RpcHttpResponse {
  statusCode?: string;
  headers?: Record<string, string>;
  cookies?: RpcCookie[];
  enableContentNegotiation?: boolean;
  body?: { bytes?: Uint8Array } | null;
}

export type RpcTypedData = { json: string } | { string: string };

export type RpcInput = { http: RpcHttpRequest } | RpcTypedData;

export interface RpcInvocationRequest {
  invocationId: string;
  functionId: string;
  inputData: { name: string; data: RpcInput }[];
  triggerMetadata: Record<string, RpcTypedData>;
  traceContext: { traceParent: string; traceState: string };
}

export interface RpcInvocationResponse {
  returnValue?: { http?: RpcHttpResponse } | null;
}

export type LogLevel =
  | "trace"
  | "debug"
  | "information"
  | "warning"
  | "error"
  | "critical"
  | "none";

export type LogCategory = "user" | "system" | "customMetric";
