import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** A key as a browser makes it for Device Bound Session Credentials. */
export interface DeviceKey {
  /** The proof of a registration, which brings the key along. */
  register(challenge: string): Promise<string>;
  /** The proof of a refresh. */
  prove(challenge: string | undefined): Promise<string>;
}

export async function newDeviceKey(): Promise<DeviceKey> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = await exportJWK(publicKey);
  const sign = (jti: string | undefined, header = {}) =>
    new SignJWT(jti === undefined ? {} : { jti })
      .setProtectedHeader({ alg: "ES256", typ: "dbsc+jwt", ...header })
      .sign(privateKey);
  return {
    register: (challenge) => sign(challenge, { jwk }),
    prove: (challenge) => sign(challenge),
  };
}

/** The challenge in `Secure-Session-Registration` or `Secure-Session-Challenge`. */
export function challengeOf(header: string | null | undefined): string {
  return /(?:challenge=|^)"([^"]+)"/.exec(header ?? "")?.[1] ?? "";
}
