import type { HttpResponseInit } from "@azure/functions";

/*
 * What a handler may return by mistake.
 */

const circle: { self?: unknown } = {};
circle.self = circle;
const used = () => {
  const response = new Response("a");
  void response.text();
  return response.body;
};
const cookie = (of: object) => ({ cookies: [{ name: "a", value: "b", ...of }] });
const stream = (...chunks: unknown[]) => ReadableStream.from(chunks);

/** Nobody can send them. */
export const unsendable: Record<string, () => unknown> = {
  "text instead of an object": () => "text",
  "a number instead of an object": () => 5,
  "a status that is none": () => ({ status: 600 }),
  "a status that promises another answer": () => ({ status: 101 }),
  "JSON of a BigInt": () => ({ jsonBody: { a: 1n } }),
  "JSON of a circle": () => ({ jsonBody: circle }),
  "a header beyond Latin": () => ({ headers: { x: "漢" } }),
  "a header with a control character": () => ({ headers: { x: "a\u0001b" } }),
  "a header's name with a blank": () => ({ headers: { "a b": "c" } }),
  "a stream that was read": () => ({ body: used() }),
  "a symbol": () => ({ body: Symbol("a") }),
  "cookies that are none": () => ({ cookies: [null] }),
  "cookies that are no list": () => ({ cookies: 5 }),
  "a cookie's name with a blank": () => cookie({ name: "a b" }),
  "a cookie's value of half a character": () => cookie({ value: "\ud800" }),
  "a cookie's domain with a blank": () => cookie({ domain: "a b" }),
  "a cookie's domain with a name of 64 letters": () => cookie({ domain: "a".repeat(64) }),
  "a cookie's path with a semicolon": () => cookie({ path: "/;a" }),
  "a cookie's end that is no date": () => cookie({ expires: new Date("never") }),
  "a cookie's end as text": () => cookie({ expires: "tomorrow" }),
  "a cookie's age without end": () => cookie({ maxAge: Number.POSITIVE_INFINITY }),
  "a cookie's age as a BigInt": () => cookie({ maxAge: 1n }),
  "a cookie's SameSite that is none": () => cookie({ sameSite: "Sometimes" }),
};

/** Their beginning is sent: nobody may take it for the whole. */
export const breaking: Record<string, () => unknown> = {
  "a stream of numbers": () => ({ body: stream(5) }),
  "an iterable of numbers": () => ({ body: stream(5)[Symbol.asyncIterator]() }),
  "a stream that fails at once": () => ({
    body: new ReadableStream({ start: (to) => to.error(new Error("at once")) }),
  }),
  "an iterable that fails later": () => ({
    body: (async function* () {
      yield "a";
      throw new Error("later");
    })(),
  }),
};

/** They are as good as any other. */
export const sendable: Record<string, () => unknown> = {
  "200 text": () => ({ body: "text" }),
  "200 5": () => ({ body: 5 }),
  "200 a=b": () => ({ body: new URLSearchParams({ a: "b" }) }),
  "200 null": () => new Response("null"),
  '201 {"a":1}': () => ({ status: "201", jsonBody: { a: 1 }, body: "not this" }),
  "200 ab": () => ({ body: stream("a", "b") }),
  "200 cd": () => ({ body: stream(Buffer.from("c"), new Uint8Array([100]).buffer) }),
  "204 ": () => ({ status: 204, body: "not this" }),
  "304 ": () => ({ status: 304, jsonBody: "not this" }),
  "200 ": () => cookie({ value: "ü", domain: ".example.com", path: "/a", maxAge: 1.5, expires: 0 }),
};

export const oddAnswer = (name: string) =>
  ({ ...unsendable, ...breaking, ...sendable })[name]?.() as HttpResponseInit;
