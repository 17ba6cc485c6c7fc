import type { AppRegistration, TenantUser } from "./directory.ts";
import type { Elsewhere } from "./elsewhere.ts";
import type { Grants } from "./grants.ts";
import type { Sessions } from "./session.ts";
import type { SigningKey } from "./signingKey.ts";
import type { Switches } from "./switches.ts";
import type { FrontChannelCall, RecordedRequest } from "./types.ts";

/** Everything the endpoints share. */
export interface State {
  tenantId: string;
  domain: string;
  authority: string;
  issuer: string;
  url: string;
  internalUrl: string;
  /** Where sign-outs go that leave `url`. */
  elsewhere: Elsewhere;
  users: TenantUser[];
  apps: Map<string, AppRegistration>;
  signingKey: SigningKey;
  sessions: Sessions;
  grants: Grants;
  switches: Switches;
  /** homeAccountId → the claims its next refresh is refused with. */
  challenges: Map<string, string>;
  /** User and scopes → when they were refreshed since the user's last sign-in. */
  refreshes: Map<string, number[]>;
  /** Token answers wait for all of these. */
  holds: Set<Promise<void>>;
  requests: RecordedRequest[];
  frontChannelCalls: FrontChannelCall[];
  issued: string[];
  /** Milliseconds. */
  now: () => number;
}
