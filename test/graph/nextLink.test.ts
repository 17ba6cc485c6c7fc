import { describe, expect, it } from "@jest/globals";
import { withOwnNextLink } from "../../src/shared/graph/nextLink.ts";
import { BASE_URL } from "../support/settings.ts";

const graphBaseUrl = "https://graph.microsoft.com/v1.0";
const rewrite = (body: Uint8Array) => withOwnNextLink(body, { baseUrl: BASE_URL, graphBaseUrl });
const list = (link: unknown) => ({ value: [{ id: 1 }], "@odata.nextLink": link });
const parsed = (value: unknown) =>
  JSON.parse(Buffer.from(rewrite(Buffer.from(JSON.stringify(value)))).toString());

describe("the link to the next page", () => {
  it("leads through this app, with its query", () => {
    const link = `${graphBaseUrl}/me/messages?$skip=10&$filter=a%20eq%20'b'`;
    expect(parsed(list(link))).toEqual(
      list(`${BASE_URL}/graph/me/messages?$skip=10&$filter=a%20eq%20'b'`),
    );
  });

  it.each([
    "https://evil.example/v1.0/me",
    "https://graph.microsoft.com.evil.example/v1.0/me",
    "https://graph.microsoft.com/v1.0",
    "https://graph.microsoft.com/v1.01/me",
    "https://graph.microsoft.com/beta/me",
    "http://graph.microsoft.com/v1.0/me",
    "/me/messages",
    5,
    null,
    { "@odata.nextLink": "x" },
  ])("stays as it is when it is %j", (link) => {
    const body = Buffer.from(JSON.stringify(list(link)));
    expect(rewrite(body)).toBe(body);
  });

  it.each([
    "",
    "plain text",
    '{"@odata.nextLink": broken',
    '["@odata.nextLink"]',
    '"@odata.nextLink"',
    '{"value":[{"@odata.nextLink":"https://graph.microsoft.com/v1.0/me"}]}',
  ])("a body that is no list stays as it is: %s", (text) => {
    const body = Buffer.from(text);
    expect(rewrite(body)).toBe(body);
  });

  it("bytes that are no text stay as they are", () => {
    const body = Buffer.from([0xff, 0xd8, 0, 1]);
    expect(rewrite(body)).toBe(body);
  });
});
