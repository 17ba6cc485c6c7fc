import { calendarView } from "./calendar.ts";
import type { Mailboxes } from "./mailbox.ts";
import { page, select } from "./odata.ts";
import { photoOf } from "./photo.ts";
import { type GraphUser, profileOf } from "./profile.ts";
import type { Reply } from "./reply.ts";

/** A request for a resource, its caller known and its scopes checked. */
interface ResourceRequest {
  url: URL;
  user: GraphUser;
  /** Parsed JSON, `undefined` when there is none. */
  body: unknown;
  /** Metadata document, prefix of every `@odata.context`. */
  metadata: string;
}

export interface Resource {
  method: "GET" | "POST";
  path: string;
  /** Delegated permissions, any one of which is enough. */
  scopes: readonly string[];
  /** Error code for a missing permission; Outlook's differs from the directory's. */
  denied: "Authorization_RequestDenied" | "ErrorAccessDenied";
  answer: (request: ResourceRequest) => Reply;
}

/** The part of Microsoft Graph v1.0 that stands in for all of it. */
export function resources(
  mailboxes: Mailboxes,
  revokeSignInSessions: (oid: string) => void,
): readonly Resource[] {
  return [
    {
      method: "GET",
      path: "/me",
      scopes: ["User.Read", "User.ReadWrite", "User.Read.All"],
      denied: "Authorization_RequestDenied",
      answer: ({ url, user, metadata }) => ({
        status: 200,
        body: {
          "@odata.context": `${metadata}#users/$entity`,
          ...select(url, "microsoft.graph.user", profileOf(user)),
        },
      }),
    },
    {
      method: "GET",
      path: "/me/photo/$value",
      scopes: ["User.Read", "User.ReadWrite", "User.Read.All", "ProfilePhoto.Read.All"],
      denied: "ErrorAccessDenied",
      answer: ({ user }) => ({
        status: 200,
        headers: { "content-type": "image/png" },
        body: photoOf(user.oid),
      }),
    },
    {
      method: "GET",
      path: "/me/messages",
      scopes: ["Mail.Read", "Mail.ReadBasic", "Mail.ReadWrite"],
      denied: "ErrorAccessDenied",
      answer: ({ url, user, metadata }) => ({
        status: 200,
        body: page(
          url,
          `${metadata}#users('${user.oid}')/messages`,
          "microsoft.graph.message",
          mailboxes.messages(user),
        ),
      }),
    },
    {
      method: "GET",
      path: "/me/calendarView",
      scopes: ["Calendars.Read", "Calendars.ReadBasic", "Calendars.ReadWrite"],
      denied: "ErrorAccessDenied",
      answer: ({ url, user, metadata }) => ({
        status: 200,
        body: page(
          url,
          `${metadata}#users('${user.oid}')/calendarView`,
          "microsoft.graph.event",
          calendarView(url, user),
        ),
      }),
    },
    {
      method: "POST",
      path: "/me/sendMail",
      scopes: ["Mail.Send"],
      denied: "ErrorAccessDenied",
      answer: ({ user, body }) => {
        mailboxes.send(user, body);
        return { status: 202 };
      },
    },
    {
      method: "POST",
      path: "/me/revokeSignInSessions",
      scopes: ["User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
      denied: "Authorization_RequestDenied",
      answer: ({ user, metadata }) => {
        revokeSignInSessions(user.oid);
        return {
          status: 200,
          body: { "@odata.context": `${metadata}#Edm.Boolean`, value: true },
        };
      },
    },
  ];
}
