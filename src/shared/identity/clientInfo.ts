/** Entra ID's `client_info`: an account's ids in its home tenant. It is not signed. @param homeAccountId `<oid>.<tid>` */
export function clientInfoOf(homeAccountId: string): string {
  const [uid, utid] = homeAccountId.split(".");
  return Buffer.from(JSON.stringify({ uid, utid })).toString("base64url");
}

/** @returns the home account id; undefined for anything else than a `client_info`. */
export function accountIn(clientInfo: unknown): string | undefined {
  try {
    const { uid, utid } = JSON.parse(Buffer.from(String(clientInfo), "base64url").toString());
    return `${uid}.${utid}`;
  } catch {
    return undefined;
  }
}
