import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the range from which systems hand out ports, so that no other process gets one of these. */
const POOL = { first: 20_000, last: 29_999 };

/**
 * A TCP port that is free on both loopback addresses: browsers try either for `localhost`.
 * @param preferred Taken if it is free.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(POOL.first, POOL.last + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port found between ${POOL.first} and ${POOL.last}.`);
}

/** Whether nothing listens on `port`, neither on 127.0.0.1 nor on ::1. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, "127.0.0.1")) && (await canListen(port, "::1"));
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    // A machine without IPv6 has no ::1.
    const { code } = error as NodeJS.ErrnoException;
    return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT";
  }
  server.close();
  await once(server, "close");
  return true;
}
