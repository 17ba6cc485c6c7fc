import { describe, expect, it } from "@jest/globals";
import { readBody } from "../../src/shared/http/body.ts";
import { request } from "../support/request.ts";

describe("a body", () => {
  it.each([0, 1, 10])("of %d bytes is read where 10 are allowed", async (length) => {
    const body = Buffer.alloc(length, 1);
    const read = await readBody(request("/", { method: "POST", body }), 10);
    expect(Buffer.from(read)).toEqual(body);
  });

  it.each([{}, { "content-length": "5" }, { "content-length": "x" }])(
    "that is longer is refused, whatever it says: %j",
    async (headers) => {
      const body = Buffer.alloc(11);
      const refused = readBody(request("/", { method: "POST", body, headers }), 10);
      await expect(refused).rejects.toMatchObject({ code: "ERR_REQUEST_TOO_LARGE" });
    },
  );

  it.each([
    [{}, 11],
    [{ "content-length": "10" }, 11],
    [{ "content-length": "11" }, 0],
  ])("that is longer and says %j is read no further than its byte %d", async (headers, bytes) => {
    let read = 0;
    async function* endless() {
      for (;;) yield Buffer.alloc(1, read++);
    }
    const refused = readBody({ ...request("/", { headers }), body: endless() }, 10);
    await expect(refused).rejects.toMatchObject({ code: "ERR_REQUEST_TOO_LARGE" });
    expect(read).toBe(bytes);
  });

  it("that the host has emptied, because it says no length, is not taken for empty", async () => {
    const headers = { "transfer-encoding": "chunked" };
    const refused = readBody(request("/", { method: "POST", headers }), 10);
    await expect(refused).rejects.toMatchObject({
      code: "ERR_BAD_REQUEST",
      message:
        "Send the body with a Content-Length, or call app.setup({ enableHttpStream: true }).",
    });
    const body = Buffer.alloc(10, 1);
    const read = await readBody(request("/", { method: "POST", body, headers }), 10);
    expect(Buffer.from(read)).toEqual(body);
  });
});
