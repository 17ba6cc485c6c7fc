import dns, { type LookupAddress } from "node:dns";
import { createServer } from "node:http";
import { expect, it, jest } from "@jest/globals";
import { close, listen } from "../support/listen.ts";
import { keepAliveSender } from "../support/send.ts";

/** Of this machine, and nobody listens there. */
const DEAD = { address: "127.0.0.2", family: 4 };
const ALIVE = { address: "127.0.0.1", family: 4 };

it.each<[string, LookupAddress[]]>([
  ["the first", [DEAD, ALIVE]],
  ["the last", [ALIVE, DEAD]],
  ["all but one", [DEAD, { ...DEAD, address: "127.0.0.3" }, ALIVE]],
])("a name reaches its server where %s of its addresses is dead", async (_, addresses) => {
  const server = createServer((request, response) => void request.pipe(response));
  const port = await listen(server);
  const resolve = (_: string, options: object, answer: (...found: unknown[]) => void) =>
    answer(null, "all" in options && options.all ? addresses : addresses[0]?.address, 4);
  const lookup = jest.spyOn(dns, "lookup").mockImplementation(resolve as never);
  try {
    // A deletion: what may not go out a second time by itself.
    const request = { method: "DELETE", body: "once", timeout: 10_000 };
    const answer = await keepAliveSender()(`http://account.table.example:${port}/`, request);
    expect(answer.body.toString()).toBe("once");
    expect(lookup).toHaveBeenCalledTimes(1);
  } finally {
    lookup.mockRestore();
    await close(server);
  }
});
