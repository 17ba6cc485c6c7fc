import type { Auth } from "./auth.ts";
import { takeOver } from "./createAuth.ts";
import { OptionInvalid } from "./shared/base/errors.ts";
import { readSessionCookie, SESSION_COOKIE } from "./shared/session/sessionCookie.ts";
import { signOutByUser } from "./shared/store/signOut.ts";
import { memoryContext } from "./testing/context.ts";
import { requestOf, type TestRequest } from "./testing/request.ts";
import { signIn, type TestUser } from "./testing/signIn.ts";

export type { TestRequest, TestUser };

/** A browser that is signed in. */
export interface SignedInUser {
  /** Makes a request that carries the session. */
  readonly request: TestRequest;
  /** Signs the user out, as any sign-out does: what is under way loses its tokens. */
  signOut(): Promise<void>;
}

export interface TestUsers {
  /** Makes a request of somebody who is not signed in. */
  readonly request: TestRequest;
  /** Signs in somebody new. */
  signIn(user?: TestUser): Promise<SignedInUser>;
}

/**
 * Takes over an app's own `auth` for tests of its handlers: in memory, without settings, network or storage. Cookies,
 * requirements, sessions and sign-outs are real.
 *
 * @throws {LightsoutError} `ERR_OPTION_INVALID`: in Azure, or for an `auth` that is none.
 * @example
 * import { InvocationContext } from "@azure/functions";
 * import type { Auth } from "lightsout/functions";
 * import { testUsers } from "lightsout/testing";
 *
 * export async function testReport(auth: Auth, report: ReturnType<Auth["signedIn"]>) {
 *   const users = testUsers(auth);
 *   const auditor = await users.signIn({ roles: ["Auditor"], tokens: { "Mail.Read": "token" } });
 *   await report(users.request("/my/report"), new InvocationContext()); // 401
 *   await report(auditor.request("/my/report"), new InvocationContext()); // 200
 *   await auditor.signOut();
 * }
 */
export function testUsers(auth: Auth): TestUsers {
  const azure = IN_AZURE.find((name) => process.env[name] !== undefined);
  if (azure !== undefined) {
    throw new OptionInvalid(
      `testUsers is for tests, and refuses to run in Azure (${azure} is set).`,
    );
  }
  const { context, wishes } = takeOver(auth, memoryContext);
  return {
    request: requestOf(),
    async signIn(user = {}) {
      const cookie = await signIn(context, wishes.claims ?? [], user);
      const request = requestOf(`${SESSION_COOKIE}=${cookie}`);
      const ticket = readSessionCookie(context.keyring, request("/"));
      return {
        request,
        async signOut() {
          if (ticket) await signOutByUser(context.store, ticket);
        },
      };
    },
  };
}

const IN_AZURE = ["WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME", "WEBSITE_POD_NAME"];
