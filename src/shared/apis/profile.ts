import { ApiUnavailable } from "../base/errors.ts";
import type { Context } from "../context.ts";
import type { Answer } from "../net/send.ts";
import type { SignedInSession } from "../session/session.ts";
import { graphApi } from "./api.ts";
import { callApi } from "./callApi.ts";

const FIELDS = ["displayName", "mail", "jobTitle", "officeLocation"] as const;

/** The part of Microsoft Graph's user resource that is shown. */
export type Profile = Readonly<Partial<Record<(typeof FIELDS)[number], string>>>;

/** The user's profile; undefined when Graph does not answer. @throws what `getToken` throws. */
export async function readProfile(
  context: Context,
  session: SignedInSession,
): Promise<Profile | undefined> {
  const graph = graphApi(context.settings.graphBaseUrl, []);
  const url = new URL(`${graph.baseUrl}/me`);
  url.searchParams.set("$select", FIELDS.join());
  try {
    const answer = await callApi(context, session, graph, ["User.Read"], url);
    const user = answer.status === 200 ? jsonOf(answer) : undefined;
    return user && Object.fromEntries(FIELDS.flatMap((name) => textOf(name, user[name])));
  } catch (error) {
    if (error instanceof ApiUnavailable) return undefined;
    throw error;
  }
}

function textOf(name: string, value: unknown): [string, string][] {
  return typeof value === "string" && value !== "" ? [[name, value]] : [];
}

/** @returns undefined unless it is the JSON of an object. An error page may come with any status. */
function jsonOf({ body }: Pick<Answer, "body">): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === "object" && value !== null ? (value as never) : undefined;
  } catch {
    return undefined;
  }
}
