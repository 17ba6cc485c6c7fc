import { ApiUnavailable } from "../base/errors.ts";
import type { Context } from "../context.ts";
import { readAll } from "../net/send.ts";
import type { SignedInSession } from "../session/session.ts";
import { graphApi } from "./api.ts";
import { callApi, unavailable } from "./callApi.ts";

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
    const { status, body } = await callApi(context, session, graph, ["User.Read"], url);
    const text = await readAll(body);
    const user = status === 200 ? jsonOf(text) : undefined;
    return user && Object.fromEntries(FIELDS.flatMap((name) => textOf(name, user[name])));
  } catch (cause) {
    const error = unavailable(cause);
    if (error instanceof ApiUnavailable) return undefined;
    throw error;
  }
}

function textOf(name: string, value: unknown): [string, string][] {
  return typeof value === "string" && value !== "" ? [[name, value]] : [];
}

/** @returns undefined unless it is the JSON of an object. An error page may come with any status. */
function jsonOf(text: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text.toString());
    return typeof value === "object" && value !== null ? (value as never) : undefined;
  } catch {
    return undefined;
  }
}
