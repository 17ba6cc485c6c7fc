import { describe, expect, it } from "@jest/globals";
import { readForm, readQuery } from "../../src/shared/http/form.ts";
import { request } from "../support/request.ts";

const FORM = "application/x-www-form-urlencoded";
const form = (body: string, type: string | undefined = FORM) =>
  readForm(request("/", { method: "POST", body, headers: type ? { "content-type": type } : {} }));

describe("readForm", () => {
  it.each([
    ["", ""],
    ["a=1&b=2", "a→1 b→2"],
    ["a=1&A=2", "a→1 A→2"],
    ["a=%C3%BC+x%26b%3D", "a→ü x&b="],
    ["a", "a→"],
    ["__proto__=1", "__proto__→1"],
    ["a=%FF%zz", "a→\ufffd%zz"],
  ])("reads %j", async (body, expected) => {
    const read = [...(await form(body))].map((pair) => pair.join("→"));
    expect(read.join(" ")).toBe(expected);
  });

  it.each([FORM, `${FORM}; charset=utf-8`, FORM.toUpperCase(), ` ${FORM} ;x`])(
    "takes the type %j",
    async (type) => {
      expect((await form("a=1", type)).get("a")).toBe("1");
    },
  );

  it.each([
    "",
    "text/plain",
    "application/json",
    "multipart/form-data; boundary=x",
    `${FORM}x`,
    `text/plain; ${FORM}`,
    `x-${FORM}`,
  ])("refuses the type %j", async (type) => {
    await expect(form("a=1", type)).rejects.toMatchObject({
      code: "ERR_BAD_REQUEST",
      message: `Send a form, with Content-Type: ${FORM}.`,
    });
  });

  it.each(["a=1&a=2", "a=1&a=1", "a=&a=", "a&a", "%61=1&a=2", "b=1&a=2&b=3"])(
    "refuses a parameter that comes twice: %s",
    async (body) => {
      await expect(form(body)).rejects.toMatchObject({
        code: "ERR_BAD_REQUEST",
        message: "A parameter comes more than once. Send each one once.",
      });
    },
  );

  it("has a limit", async () => {
    const ofLength = (length: number) => `a=${"x".repeat(length - 2)}`;
    expect((await form(ofLength(65_536))).get("a")).toHaveLength(65_534);
    const refused = form(ofLength(65_537));
    await expect(refused).rejects.toMatchObject({ code: "ERR_REQUEST_TOO_LARGE" });
  });
});

describe("readQuery", () => {
  const query = (search: string) => [...readQuery(request(`/path${search}`))];

  it("reads the URL's own query, case and commas included", () => {
    expect(query("?a=1,2&A=3#b=4")).toEqual([
      ["a", "1,2"],
      ["A", "3"],
    ]);
    expect(query("")).toEqual([]);
  });

  it.each(["?a=1&a=2", "?a&b&a", "?%61&a"])(
    "refuses a parameter that comes twice: %s",
    (search) => {
      expect(() => query(search)).toThrow("A parameter comes more than once. Send each one once.");
    },
  );
});
