import { createHash, createPublicKey, type KeyObject, sign, X509Certificate } from "node:crypto";

const NULL = Buffer.from([0x05, 0x00]);
const SHA256_WITH_RSA = oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b);
const COMMON_NAME = oid(0x55, 0x04, 0x03);

/**
 * A self-signed X.509 certificate for an RSA private key.
 *
 * Serial number and dates are fixed, so the same key always gives the same certificate, and with it
 * the same thumbprint.
 */
export function selfSignedCertificate(privateKey: KeyObject, commonName: string): X509Certificate {
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const serial = createHash("sha256").update(publicKey).digest().subarray(0, 8);
  serial[0] = 0x40 | (Number(serial[0]) & 0x3f);
  const name = sequence(
    tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from(commonName, "utf8")))),
  );
  const algorithm = sequence(SHA256_WITH_RSA, NULL);
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    algorithm,
    name,
    sequence(tlv(0x17, Buffer.from("240101000000Z")), tlv(0x17, Buffer.from("491231235959Z"))),
    name,
    publicKey,
  );
  const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", body, privateKey)]));
  return new X509Certificate(sequence(body, algorithm, signature));
}

/** Base64url thumbprint, as in the JOSE headers `x5t` and `x5t#S256`. */
export function thumbprint(certificate: X509Certificate, hash: "sha1" | "sha256"): string {
  return createHash(hash).update(certificate.raw).digest("base64url");
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

function oid(...bytes: number[]): Buffer {
  return tlv(0x06, Buffer.from(bytes));
}

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(value), value]);
}

function lengthOf(value: Buffer): Buffer {
  if (value.length < 0x80) return Buffer.from([value.length]);
  const hex = value.length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}
