import { GraphUnavailable } from "../base/errors.ts";
import type { Context } from "../context.ts";
import type { SignedInSession } from "../session/session.ts";
import { callGraph, jsonOf } from "./graph.ts";

const FIELDS = ["displayName", "mail", "jobTitle", "officeLocation"] as const;

/** A part of Microsoft Graph's user resource: what is filled in. */
export type Profile = Readonly<Partial<Record<(typeof FIELDS)[number], string>>>;

/** The user's profile; undefined when Graph does not answer. @throws what `getToken` throws. */
export async function readProfile(
  context: Context,
  session: SignedInSession,
): Promise<Profile | undefined> {
  const url = new URL(`${context.settings.graphBaseUrl}/me`);
  url.searchParams.set("$select", FIELDS.join());
  try {
    const answer = await callGraph(context, session, ["User.Read"], url);
    const user = answer.status === 200 ? jsonOf(answer) : undefined;
    return user && Object.fromEntries(FIELDS.flatMap((name) => textOf(name, user[name])));
  } catch (error) {
    if (error instanceof GraphUnavailable) return undefined;
    throw error;
  }
}

function textOf(name: string, value: unknown): [string, string][] {
  return typeof value === "string" && value !== "" ? [[name, value]] : [];
}
