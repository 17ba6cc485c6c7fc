import { describe, expect, it, jest } from "@jest/globals";
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

  it("that says it is longer is not read", async () => {
    const arrayBuffer = jest.fn(async () => new ArrayBuffer(0));
    const headers = { get: () => "11" };
    const refused = readBody({ ...request("/"), headers, arrayBuffer }, 10);
    await expect(refused).rejects.toMatchObject({ code: "ERR_REQUEST_TOO_LARGE" });
    expect(arrayBuffer).not.toHaveBeenCalled();
  });
});
