/** The part of `HttpRequest` of the Functions programming model that handlers use. */
export interface HttpRequest {
  readonly method: string;
  /** Use path and query only. Scheme and host come from headers. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  readonly params: Readonly<Record<string, string>>;
  /** As it comes. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** A response of the Functions programming model. */
export interface HttpResponse {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly cookies?: Cookie[];
}

/** The fields that the Functions host passes on. It drops all others. */
export interface Cookie {
  readonly name: string;
  /** Unreserved characters only: the host percent-encodes the rest. */
  readonly value: string;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: "Lax" | "None";
  /** Seconds. 0 deletes the cookie. The host would drop a date in the past. */
  readonly maxAge: number;
}
