import { describe, expect, it } from "@jest/globals";
import { SettingInvalid } from "../../src/shared/base/errors.ts";
import { httpsUrl, isLoopback, optional, required } from "../../src/shared/config/env.ts";

it.each([
  ["value", "value"],
  ["  value\n", "value"],
  ["", undefined],
  [" \t ", undefined],
  [undefined, undefined],
])("optional reads %j as %j", (given, expected) => {
  expect(optional({ NAME: given }, "NAME")).toBe(expected);
});

it.each([undefined, "", "  "])("required names the setting and its fix when it is %j", (given) => {
  const missing = expect.objectContaining({ message: "NAME is not set. Look there." });
  expect(() => required({ NAME: given }, "NAME", "Look there.")).toThrow(missing);
});

describe("httpsUrl", () => {
  it.each([
    "https://example.com",
    "https://example.com:8443/path?query",
    "http://localhost:7071",
    "http://127.0.0.1/",
    "http://[::1]:1/",
    "http://login.localhost:1",
    "HTTPS://EXAMPLE.COM",
  ])("takes %s", (value) => {
    expect(httpsUrl("NAME", value).href).toBe(new URL(value).href);
  });

  it.each([
    "example.com",
    "//example.com",
    "/path",
    "https://",
    "https://user@example.com",
    "https://user:pass@example.com",
    "https://example.com/#fragment",
    "http://example.com",
    "http://localhost.example.com",
    "http://notlocalhost",
    "http://127.0.0.1.example.com",
    "http://10.0.0.1",
    "ftp://localhost",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "blob:https://example.com/1",
  ])("refuses %s and names the setting", (value) => {
    expect(() => httpsUrl("NAME", value)).toThrow(SettingInvalid);
    expect(() => httpsUrl("NAME", value)).toThrow(/^NAME /);
  });
});

it.each([
  ["http://localhost", true],
  ["http://127.0.0.1:80", true],
  ["http://2130706433", true],
  ["http://[::1]", true],
  ["http://a.b.localhost", true],
  ["http://localhost.", false],
  ["http://example.com", false],
  ["http://localhost@example.com", false],
])("isLoopback %s: %j", (value, expected) => {
  expect(isLoopback(new URL(value))).toBe(expected);
});
