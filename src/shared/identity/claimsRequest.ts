/** No claims challenge is longer. Characters. */
const MAX_LENGTH = 4_096;

/** Whether a text can be a `claims` request parameter: the JSON of an object of objects (OpenID Connect Core §5.5). */
export function isClaimsRequest(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  try {
    const request: unknown = JSON.parse(text);
    return isObject(request) && Object.values(request).every(isObject);
  } catch {
    return false;
  }
}

/** Adds a claim of the ID token to a request. @param request Passes {@link isClaimsRequest}. */
export function withIdTokenClaim(
  request: string | undefined,
  claim: string,
  value?: string,
): string {
  const { id_token, ...others } = JSON.parse(request ?? "{}");
  const asked = { essential: true, value };
  return JSON.stringify({ ...others, id_token: { ...id_token, [claim]: asked } });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
