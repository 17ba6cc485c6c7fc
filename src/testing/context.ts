import { randomBytes } from "node:crypto";
import { type Composition, createEnvironment } from "../compose.ts";
import { InteractionRequired, ProviderUnavailable } from "../shared/base/errors.ts";
import { readSettings } from "../shared/config/settings.ts";
import { type Context, createContext } from "../shared/context.ts";
import { retrying } from "../shared/table/retrying.ts";
import type { Stored } from "../shared/table/table.ts";
import { memoryRequests } from "./memoryTable.ts";

export const TENANT_ID = "11111111-2222-4333-8444-555555555555";
export const ISSUER = `https://login.microsoftonline.com/${TENANT_ID}/v2.0`;
const ENDPOINT = `${ISSUER}/none`;
/** The provider's, as far as anybody reads it. */
export const METADATA = {
  issuer: ISSUER,
  authorization_endpoint: ENDPOINT,
  token_endpoint: ENDPOINT,
  jwks_uri: ENDPOINT,
};
export const ORIGIN = "https://app.example.com";

/** A context on a table in memory. Nothing is sent: a token that is not held takes the user's consent. */
export function memoryContext({ wishes, place }: Composition): Context {
  const settings = readSettings(
    {
      APP_BASE_URL: ORIGIN + place.prefix,
      ENTRA_CLIENT_ID: "66666666-7777-4888-8999-000000000000",
      ENTRA_TENANT_ID: TENANT_ID,
      ENTRA_CLIENT_SECRET: "none",
      TOKEN_CACHE_STORAGE: "UseDevelopmentStorage=true",
      TOKEN_CACHE_KEYS: `test:${randomBytes(32).toString("base64")}`,
      REVALIDATE_MINUTES: "0",
    },
    place,
  );
  const environment = createEnvironment(
    {},
    {
      send: async () => {
        throw new ProviderUnavailable();
      },
      now: () => Date.now(),
    },
  );
  const requests = memoryRequests(new Map<string, Stored>());
  const table = retrying(requests, { delays: [], maxDelay: 0, sleep: environment.sleep });
  const context = createContext(settings, { ...environment, table }, wishes);
  return {
    ...context,
    metadata: { get: async () => METADATA, peek: () => METADATA },
    tokens: {
      ...context.tokens,
      async refresh(_, { scopes, claims }) {
        throw new InteractionRequired(scopes, claims);
      },
    },
  };
}
