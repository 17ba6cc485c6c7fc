/** A source of random bytes that nobody can guess. */
export type RandomBytes = (size: number) => Uint8Array;

/** 128 random bits as 22 characters that are legal in keys and cookies. */
export function randomId({ randomBytes }: { readonly randomBytes: RandomBytes }): string {
  return Buffer.from(randomBytes(16)).toString("base64url");
}
