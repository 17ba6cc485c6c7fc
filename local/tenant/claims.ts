import { EntraError } from "./errors.ts";

/** The parts of a `claims` parameter (OpenID Connect Core 5.5) that are honoured. */
export interface ClaimsRequest {
  idToken: Record<string, unknown>;
  accessToken: Record<string, unknown>;
}

/** @throws EntraError 90100 unless it is a JSON object of objects. */
export function parseClaims(claims: string | undefined): ClaimsRequest {
  const { id_token: idToken = {}, access_token: accessToken = {} } = parse(claims ?? "{}");
  if (!isObject(idToken) || !isObject(accessToken)) throw invalid();
  return { idToken, accessToken };
}

/** Whether the client declared a capability, as `cp1` for continuous access evaluation. */
export function hasCapability({ accessToken }: ClaimsRequest, capability: string): boolean {
  const { xms_cc: capabilities } = accessToken;
  if (!isObject(capabilities) || !Array.isArray(capabilities.values)) return false;
  return capabilities.values.some((value) => String(value).toLowerCase() === capability);
}

/** The authentication contexts that have to be satisfied. */
export function contextsIn({ idToken }: ClaimsRequest): string[] {
  const { acrs } = idToken;
  if (!isObject(acrs) || acrs.essential !== true) return [];
  const values = Array.isArray(acrs.values) ? acrs.values : [acrs.value];
  return values.filter((value) => typeof value === "string");
}

/** The challenge of a policy that wants more than the user has shown so far. */
export function newChallenge(id: string): string {
  return JSON.stringify({ access_token: { capolids: { essential: true, values: [id] } } });
}

/** Whether a `claims` parameter carries everything the challenge asks for. */
export function satisfies(claims: string | undefined, challenge: string): boolean {
  const asked = parseClaims(challenge).accessToken;
  const { accessToken } = parseClaims(claims);
  return Object.entries(asked).every(
    ([name, value]) => JSON.stringify(accessToken[name]) === JSON.stringify(value),
  );
}

function parse(claims: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(claims);
    if (isObject(value)) return value;
  } catch {}
  throw invalid();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(): EntraError {
  return new EntraError(90100, "claims parameter is either empty or not valid.");
}
