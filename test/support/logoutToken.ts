import { importJWK, type JWTHeaderParameters, SignJWT } from "jose";
import type { Rig } from "../../local/rig.ts";

type Changes = Record<string, unknown>;

/** A logout token of the development tenant (OpenID Connect Back-Channel Logout 1.0 §2.4). `undefined` takes a claim away. */
export async function signLogoutToken(
  { tenant, env }: Pick<Rig, "tenant" | "env">,
  claims: Changes,
  header: Changes = {},
): Promise<string> {
  const seconds = Math.floor(Date.now() / 1_000);
  const { signingKey, issuer } = tenant;
  const payload = {
    iss: issuer,
    aud: env.ENTRA_CLIENT_ID,
    iat: seconds,
    exp: seconds + 120,
    jti: crypto.randomUUID(),
    events: { "http://schemas.openid.net/event/backchannel-logout": {} },
    ...claims,
  };
  const all: object = { alg: "RS256", typ: "logout+jwt", kid: signingKey.kid, ...header };
  return await new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader(all as JWTHeaderParameters)
    .sign(await importJWK(signingKey, "RS256"));
}
