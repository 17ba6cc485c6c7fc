import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Html } from "./html.ts";

export interface TenantRequest {
  method: string;
  path: string;
  /** Of the query (GET) or the form (POST). */
  params: Record<string, string>;
  cookies: Record<string, string>;
  headers: IncomingHttpHeaders;
}

export interface Reply {
  /** `drop` closes the connection without an answer. */
  status: number | "drop";
  headers?: Record<string, string | string[]>;
  body?: string;
}

export async function readRequest(message: IncomingMessage): Promise<TenantRequest> {
  const url = new URL(message.url ?? "/", "http://localhost");
  const method = message.method ?? "GET";
  const search = method === "POST" ? new URLSearchParams(await text(message)) : url.searchParams;
  return {
    method,
    path: url.pathname,
    params: Object.fromEntries(search),
    cookies: parseCookies(message.headers.cookie),
    headers: message.headers,
  };
}

/** By this header the doctor tells this tenant from another provider on the machine. */
export const SERVER = "Lightsout-Development-Tenant";

export function writeReply(response: ServerResponse, { status, headers, body }: Reply): void {
  if (status === "drop") {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    Server: SERVER,
    "Cache-Control": "no-store, no-cache",
    Pragma: "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "x-ms-request-id": randomUUID(),
    ...headers,
  });
  response.end(body);
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(value),
  };
}

/** A page for people. Never framed. */
export function page(
  html: Html,
  { status = 200, cookie }: { status?: number; cookie?: string } = {},
): Reply {
  return {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "X-Frame-Options": "DENY",
      ...(cookie !== undefined && { "Set-Cookie": cookie }),
    },
    body: html.toString(),
  };
}

export function redirect(url: string, cookie?: string): Reply {
  return {
    status: 302,
    headers: { Location: url, ...(cookie !== undefined && { "Set-Cookie": cookie }) },
  };
}

function parseCookies(header = ""): Record<string, string> {
  const pairs = header.split("; ").map((pair) => {
    const equals = pair.indexOf("=");
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  return Object.fromEntries(pairs);
}
