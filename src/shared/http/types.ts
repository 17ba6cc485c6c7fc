/** What the handlers need of a request; `HttpRequest` of the Functions programming model has all of it. */
export interface HttpRequest {
  readonly method: string;
  /** Its host and scheme come from headers: only path and query may be used. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  readonly params: Readonly<Record<string, string>>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A response, in the form the Functions programming model takes. */
export interface HttpResponse {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  readonly cookies?: Cookie[];
}

/** The fields the Functions host passes on; it drops all others. */
export interface Cookie {
  readonly name: string;
  /** Unreserved characters only: the host percent-encodes the rest. */
  readonly value: string;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: "Lax" | "None";
  /** Seconds. 0 deletes; a date in the past would be dropped by the host. */
  readonly maxAge: number;
}
