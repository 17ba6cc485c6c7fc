import { expect, it } from "@jest/globals";
import { isNavigation } from "../../src/shared/http/navigation.ts";
import { request } from "../support/request.ts";

const PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

it.each<[string, boolean, string | undefined, string | undefined, string | undefined, object?]>([
  ["a page", true, "navigate", "document", PAGE],
  ["a page, whatever is accepted", true, "navigate", "document", "*/*"],
  ["a frame", false, "navigate", "iframe", PAGE],
  ["a script", false, "cors", "empty", "*/*"],
  ["a script that accepts what a page does", false, "cors", "empty", PAGE],
  ["an image", false, "no-cors", "image", "image/*"],
  ["one of the two headers", false, "navigate", undefined, PAGE],
  ["what is fetched ahead", false, "navigate", "document", PAGE, { "sec-purpose": "prefetch" }],
  ["an old browser's page", true, undefined, undefined, PAGE],
  ["an old browser's script", false, undefined, undefined, "*/*"],
  ["an old script for markup", false, undefined, undefined, "text/html, */*; q=0.01"],
  ["a program", false, undefined, undefined, undefined],
])("%s: %p", (_, expected, mode, destination, accept, more = {}) => {
  const headers = {
    ...(mode && { "sec-fetch-mode": mode }),
    ...(destination && { "sec-fetch-dest": destination }),
    ...(accept && { accept }),
    ...more,
  };
  expect(isNavigation(request("/", { headers }))).toBe(expected);
});
