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

interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  certificate: X509Certificate;
}

/** The tenant's signing keys: the first signs, all of them are published. */
export class KeyRing {
  #keys: SigningKey[];

  private constructor(first: SigningKey) {
    this.#keys = [first];
  }

  static async create(jwk?: JWK): Promise<KeyRing> {
    return new KeyRing(
      signingKey(jwk ? createPrivateKey({ key: jwk, format: "jwk" }) : await generate()),
    );
  }

  get signingKey(): JWK {
    return this.#current.privateKey.export({ format: "jwk" });
  }

  async rotate(): Promise<void> {
    this.#keys = [signingKey(await generate()), ...this.#keys];
  }

  header(): JWTHeaderParameters {
    return { typ: "JWT", alg: "RS256", kid: this.#current.kid };
  }

  sign(claims: JWTPayload, header = this.header(), key?: JWK): Promise<string> {
    return new SignJWT(claims).setProtectedHeader(header).sign(key ?? this.#current.privateKey);
  }

  async verify(token: string, options: JWTVerifyOptions): Promise<JWTPayload | undefined> {
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet(this.jwks()), options);
      return payload;
    } catch {
      return undefined;
    }
  }

  /** The published key set. Entra's v2.0 endpoint names an issuer in each key. */
  jwks(issuer?: string): { keys: JWK[] } {
    const keys = this.#keys.map(({ kid, privateKey, certificate }) => {
      const { n, e } = privateKey.export({ format: "jwk" });
      return {
        kty: "RSA",
        use: "sig",
        kid,
        x5t: kid,
        n: String(n),
        e: String(e),
        x5c: [certificate.raw.toString("base64")],
        cloud_instance_name: "microsoftonline.com",
        ...(issuer !== undefined && { issuer }),
      };
    });
    return { keys };
  }

  get #current(): SigningKey {
    return this.#keys[0] as SigningKey;
  }
}

function signingKey(privateKey: KeyObject): SigningKey {
  const certificate = selfSignedCertificate(privateKey, "Lightsout dev tenant");
  return { privateKey, certificate, kid: thumbprint(certificate, "sha1") };
}

async function generate(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return privateKey;
}
