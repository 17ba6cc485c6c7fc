import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, expect, it } from "@jest/globals";
import { freePort, isFree } from "../../../local/ports.ts";

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === "::1");
let holder: Server | undefined;

async function hold(port: number, host: string): Promise<void> {
  holder = createServer().listen(port, host);
  await once(holder, "listening");
}

afterEach(async () => {
  if (holder === undefined) return;
  holder.close();
  await once(holder, "close");
  holder = undefined;
});

it("takes the preferred port when it is free", async () => {
  const port = await freePort();
  expect(await freePort(port)).toBe(port);
});

it.each(["127.0.0.1", "0.0.0.0", ...(hasIpv6 ? ["::1", "::"] : [])])(
  "takes another one when somebody listens on %s",
  async (host) => {
    const port = await freePort();
    await hold(port, host);
    expect(await isFree(port)).toBe(false);
    const other = await freePort(port);
    expect(other).not.toBe(port);
    expect(await isFree(other)).toBe(true);
  },
);
