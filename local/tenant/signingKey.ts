import {
  createPrivateKey,
  generateKeyPair,
  type KeyObject,
  type X509Certificate,
} from "node:crypto";
import { promisify } from "node:util";
import {
  createLocalJWKSet,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
  SignJWT,
} from "jose";
import { selfSignedCertificate, thumbprint } from "./certificate.ts";

/** The tenant's signing key. */
export class SigningKey {
  readonly #key: KeyObject;
  readonly #certificate: X509Certificate;
  readonly #kid: string;

  private constructor(key: KeyObject) {
    this.#key = key;
    this.#certificate = selfSignedCertificate(key, "Lightsout dev tenant");
    this.#kid = thumbprint(this.#certificate, "sha1");
  }

  static async create(jwk?: JWK): Promise<SigningKey> {
    return new SigningKey(jwk ? createPrivateKey({ key: jwk, format: "jwk" }) : await generate());
  }

  /** Private. */
  get jwk(): JWK {
    return this.#key.export({ format: "jwk" });
  }

  header(): JWTHeaderParameters {
    return { typ: "JWT", alg: "RS256", kid: this.#kid };
  }

  sign(claims: JWTPayload, header = this.header(), key?: JWK): Promise<string> {
    return new SignJWT(claims).setProtectedHeader(header).sign(key ?? this.#key);
  }

  async verify(token: string, options: JWTVerifyOptions): Promise<JWTPayload | undefined> {
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet(this.keySet()), options);
      return payload;
    } catch {
      return undefined;
    }
  }

  /** As it is published. Entra's v2.0 endpoint names an issuer in each key. */
  keySet(issuer?: string): { keys: JWK[] } {
    const { n, e } = this.jwk;
    const key = {
      kty: "RSA",
      use: "sig",
      kid: this.#kid,
      x5t: this.#kid,
      n: String(n),
      e: String(e),
      x5c: [this.#certificate.raw.toString("base64")],
      cloud_instance_name: "microsoftonline.com",
      ...(issuer !== undefined && { issuer }),
    };
    return { keys: [key] };
  }
}

async function generate(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return privateKey;
}
