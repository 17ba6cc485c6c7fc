import type { Settings } from "../config/settings.ts";

const NEXT_LINK = "@odata.nextLink";

/**
 * Makes the link to a list's next page lead through this app, which has the token for it (OData JSON
 * Format 4.01 §4.5.5). A link to anywhere else stays as it is: nobody follows it with a token.
 */
export function withOwnNextLink(
  body: Uint8Array,
  { baseUrl, graphBaseUrl }: Pick<Settings, "baseUrl" | "graphBaseUrl">,
): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!bytes.includes(`"${NEXT_LINK}"`)) return body;
  const list = parseObject(bytes.toString());
  const link = list?.[NEXT_LINK];
  if (typeof link !== "string" || !link.startsWith(`${graphBaseUrl}/`)) return body;
  const own = `${baseUrl}/graph${link.slice(graphBaseUrl.length)}`;
  return Buffer.from(JSON.stringify({ ...list, [NEXT_LINK]: own }));
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as never) : undefined;
  } catch {
    return undefined;
  }
}
