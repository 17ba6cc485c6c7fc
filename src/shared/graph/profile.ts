import { GraphUnavailable } from "../errors.ts";
import type { Lightsout } from "../lightsout.ts";
import type { SignedInSession } from "../session/session.ts";
import { callGraph } from "./graph.ts";

/** A part of Microsoft Graph's user resource. */
export interface Profile {
  readonly displayName?: string | null;
  readonly mail?: string | null;
  readonly jobTitle?: string | null;
  readonly officeLocation?: string | null;
}

/** The user's profile; undefined when Graph does not answer. @throws what `getToken` throws. */
export async function readProfile(
  app: Lightsout,
  session: SignedInSession,
): Promise<Profile | undefined> {
  const url = new URL(`${app.settings.graphBaseUrl}/me`);
  url.searchParams.set("$select", "displayName,mail,jobTitle,officeLocation");
  try {
    const { status, body } = await callGraph(app, session, ["User.Read"], url);
    return status === 200 ? JSON.parse(Buffer.from(body).toString()) : undefined;
  } catch (error) {
    if (error instanceof GraphUnavailable || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
