import { randomUUID } from "node:crypto";
import type { Entity } from "./odata.ts";
import type { GraphUser } from "./profile.ts";
import { badRequest } from "./reply.ts";

const HOUR = 3_600_000;

const CONVERSATIONS: readonly [from: string, subject: string, preview: string][] = [
  ["Miriam Graham", "Quarterly review: final slides", "Here is the deck with your comments in it."],
  ["Lee Gu", "Lunch on Thursday?", "The place by the canal has opened again."],
  ["Isaiah Langer", "Access to the analytics workspace", "You should be able to get in now."],
  ["Megan Bowen", "Notes from the design critique", "Three things we agreed on, two still open."],
  ["Nestor Wilke", "Server room maintenance", "No access between 22:00 and 23:30 tonight."],
  ["Fabrikam Travel", "Your trip to Lisbon", "Two nights, one window seat. Have a good journey."],
  ["Patti Fernandez", "Welcome to the team", "We are glad that you are here."],
  ["Henrietta Mueller", "Contract, signed", "Both copies are in the shared folder."],
];
const ROUNDS = 3;

/** Every user's messages, newest first. What is sent turns up in the sender's own mailbox too. */
export class Mailboxes {
  readonly #sent = new Map<string, Entity[]>();

  messages(user: GraphUser): Entity[] {
    return [...(this.#sent.get(user.oid) ?? []), ...received(user)];
  }

  /** @throws GraphError 400 when the body is not a `sendMail` request with a recipient */
  send(user: GraphUser, body: unknown): void {
    const { message, saveToSentItems = true } = (body ?? {}) as Entity;
    if (typeof message !== "object" || message === null) {
      throw badRequest("The message parameter is required.");
    }
    const { subject = "", toRecipients, body: content } = message as Entity;
    if (!Array.isArray(toRecipients) || toRecipients.length === 0) {
      throw badRequest("At least one recipient is not valid.");
    }
    if (saveToSentItems === false) return;
    const sent = messageEntity({
      id: randomUUID(),
      at: Date.now(),
      from: address(user.name, user.username),
      toRecipients,
      subject: String(subject),
      text: String((content as Entity | undefined)?.content ?? ""),
    });
    this.#sent.set(user.oid, [sent, ...(this.#sent.get(user.oid) ?? [])]);
  }
}

function received(user: GraphUser): Entity[] {
  const latest = Math.floor(Date.now() / HOUR) * HOUR;
  const prefix = `AAMkAGI2${user.oid.replaceAll("-", "").slice(0, 12)}`;
  const rounds = Array.from({ length: ROUNDS }, (_, round) =>
    CONVERSATIONS.map(([from, subject, text]) => ({ from, subject: reply(subject, round), text })),
  );
  return rounds.flat().map(({ from, subject, text }, index) =>
    messageEntity({
      id: `${prefix}${String(index).padStart(4, "0")}=`,
      at: latest - index * 5 * HOUR,
      from: address(from, `${from.toLowerCase().replaceAll(" ", ".")}@contoso.com`),
      toRecipients: [address(user.name, user.username)],
      subject,
      text,
    }),
  );
}

function reply(subject: string, round: number): string {
  return round === 0 ? subject : `RE: ${subject}`;
}

interface Message {
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  from: Entity;
  toRecipients: unknown[];
  subject: string;
  text: string;
}

function messageEntity({ id, at, from, toRecipients, subject, text }: Message): Entity {
  const dateTime = `${new Date(at).toISOString().slice(0, 19)}Z`;
  return {
    id,
    receivedDateTime: dateTime,
    sentDateTime: dateTime,
    hasAttachments: false,
    subject,
    bodyPreview: text.slice(0, 255),
    importance: "normal",
    isRead: false,
    isDraft: false,
    webLink: `https://outlook.office.com/mail/id/${encodeURIComponent(id)}`,
    body: { contentType: "text", content: text },
    sender: from,
    from,
    toRecipients,
  };
}

function address(name: string, mail: string): Entity {
  return { emailAddress: { name, address: mail } };
}
