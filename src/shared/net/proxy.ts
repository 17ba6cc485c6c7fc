import type { ProxyEnv } from "node:http";

/** A proxy would look on itself for this machine, the identity's endpoint in Azure among it. */
const THIS_MACHINE =
  "localhost,*.localhost,127.0.0.0-127.255.255.255,::1,169.254.0.0-169.254.255.255";

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` as curl does: lower case comes first, and `http://` may be left out. A
 * percent sign that begins no code stands for itself.
 *
 * @returns also the names of those that hold no address of a proxy. Requests go out without it.
 */
export function readProxy(env: Readonly<Record<string, string | undefined>>): {
  readonly proxyEnv: ProxyEnv;
  readonly unusable: readonly string[];
} {
  const unusable: string[] = [];
  function read(name: string): string | undefined {
    const used = [name, name.toUpperCase()].find((one) => env[one]?.trim());
    const address = used && addressIn(env[used]?.trim() ?? "");
    if (used && !address) unusable.push(used);
    return address;
  }
  const direct = [env.no_proxy || env.NO_PROXY, THIS_MACHINE].filter(Boolean).join();
  const proxyEnv = {
    https_proxy: read("https_proxy"),
    http_proxy: read("http_proxy"),
    no_proxy: direct,
  };
  return { proxyEnv, unusable };
}

function addressIn(text: string): string | undefined {
  const address = (text.includes("://") ? text : `http://${text}`).replace(
    /%(?![\da-f]{2})/gi,
    "%25",
  );
  try {
    const { protocol, username, password } = new URL(address);
    // Node decodes them.
    decodeURIComponent(username + password);
    return /^https?:$/.test(protocol) ? address : undefined;
  } catch {
    return undefined;
  }
}
