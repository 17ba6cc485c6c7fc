/** More than any claims challenge has. Characters. */
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

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
