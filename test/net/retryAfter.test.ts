import { expect, it } from "@jest/globals";
import { retryAfterOf } from "../../src/shared/net/retryAfter.ts";

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";

it.each([
  [{ "retry-after": "5" }, 5],
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": "Sun, 06 Nov 1994 08:50:07 GMT", date: DATE }, 30],
  [{ "retry-after": "Sun, 06 Nov 1994 08:00:00 GMT", date: DATE }, 0],
  [{ "retry-after": "Sun, 06 Nov 1994 08:50:07 GMT" }, undefined],
  [{ "retry-after": "1994-11-06T08:50:07Z", date: DATE }, undefined],
  [{ "retry-after": "-1" }, undefined],
  [{ "retry-after": "soon", date: DATE }, undefined],
  [{ "retry-after": "" }, undefined],
  [{}, undefined],
])("%j asks for %p seconds", (headers, seconds) => {
  expect(retryAfterOf(headers)).toBe(seconds);
});
