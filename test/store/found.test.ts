import { expect, it } from "@jest/globals";
import { eitherFound, type Found } from "../../src/shared/store/found.ts";

it.each<[Found, Found, Found]>([
  [false, false, false],
  [false, undefined, undefined],
  [false, true, true],
  [undefined, undefined, undefined],
  [undefined, true, true],
  [true, true, true],
])("of two deletions, %s and %s are %s together, whichever comes first", (one, other, both) => {
  expect([eitherFound(one, other), eitherFound(other, one)]).toEqual([both, both]);
});
