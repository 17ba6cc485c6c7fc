import { describe, expect, it } from "@jest/globals";
import { ProviderUnavailable } from "../../src/shared/base/errors.ts";
import { endSessionUrl } from "../../src/shared/identity/endSessionUrl.ts";
import type { MetadataSource, ProviderMetadata } from "../../src/shared/identity/metadata.ts";
import { providerMetadata } from "../support/identity.ts";
import { CLIENT_ID } from "../support/settings.ts";

const AUTHORITY = "https://login.microsoftonline.com/contoso.com";
const APP = { authority: AUTHORITY, clientId: CLIENT_ID };
const HOME = "https://app.example.com/";

async function url(metadata: ProviderMetadata | undefined, hint?: string): Promise<URL> {
  const source: MetadataSource = {
    peek: () => undefined,
    get: async () => {
      if (metadata === undefined) throw new ProviderUnavailable();
      return metadata;
    },
  };
  return new URL(await endSessionUrl(source, APP, HOME, hint));
}

describe("endSessionUrl", () => {
  it("leads to the provider's end-session endpoint and back", async () => {
    const { origin, pathname, searchParams } = await url(providerMetadata("https://login.example"));
    expect(origin + pathname).toBe(providerMetadata("https://login.example").end_session_endpoint);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: CLIENT_ID,
      post_logout_redirect_uri: HOME,
    });
  });

  it("carries the hint, and nothing that hides in it", async () => {
    const hint = "O.x&post_logout_redirect_uri=https://evil.example#?";
    const { searchParams, hash } = await url(providerMetadata(), hint);
    expect([...searchParams]).toEqual([
      ["client_id", CLIENT_ID],
      ["post_logout_redirect_uri", HOME],
      ["logout_hint", hint],
    ]);
    expect(hash).toBe("");
  });

  it("keeps the parameters that the endpoint has of its own", async () => {
    const end_session_endpoint = "https://login.example/logout?p=policy";
    const { searchParams } = await url(providerMetadata(undefined, { end_session_endpoint }));
    expect([...searchParams.keys()]).toEqual(["p", "client_id", "post_logout_redirect_uri"]);
  });

  it.each<[string, ProviderMetadata | undefined]>([
    ["discovery is down", undefined],
    [
      "the metadata has no such endpoint",
      providerMetadata(undefined, { end_session_endpoint: undefined }),
    ],
  ])("is made from the authority when %s", async (_, metadata) => {
    const { origin, pathname, searchParams } = await url(metadata, "hint");
    expect(origin + pathname).toBe(`${AUTHORITY}/oauth2/v2.0/logout`);
    expect([...searchParams.keys()]).toEqual([
      "client_id",
      "post_logout_redirect_uri",
      "logout_hint",
    ]);
  });
});
