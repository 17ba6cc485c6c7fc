import { randomUUID } from "node:crypto";
import type { HttpAnswer, HttpSender } from "../lib/http.ts";
import { parseSetCookie, Visitor } from "../world/visitor.ts";

/** What is asked for, and how often out of a hundred. */
const MIX: readonly (readonly [
  share: number,
  visit: (sender: HttpSender, visitor: Visitor) => Promise<void>,
])[] = [
  [70, (sender, visitor) => get(sender, visitor, "/graph/me", 200)],
  [15, (sender, visitor) => get(sender, visitor, "/auth/session", 200)],
  [6, (sender, visitor) => get(sender, visitor, "/", 200)],
  [4, (sender) => get(sender, new Visitor("nobody"), "/graph/me", 401)],
  [4, (sender, v) => get(sender, v, `/auth/logout-callback?sid=${randomUUID()}`, 200)],
  [0.5, (sender, visitor) => outAndInAgain(sender, visitor, signOutHere)],
  [0.5, (sender, visitor) => outAndInAgain(sender, visitor, signOutElsewhere)],
];

type SignOut = (sender: HttpSender, visitor: Visitor) => Promise<void>;

/** One request, or a few that belong together. @param share From 0 to 1: which of the mix. */
export async function visit(sender: HttpSender, visitor: Visitor, share: number): Promise<void> {
  let left = share * 100;
  for (const [size, act] of MIX) {
    if (left < size) return await act(sender, visitor);
    left -= size;
  }
}

async function get(sender: HttpSender, visitor: Visitor, path: string, expected: number) {
  expectStatus(path, await sender.send(path, { headers: visitor.headers() }), expected);
}

async function signOutHere(sender: HttpSender, visitor: Visitor): Promise<void> {
  const post = { method: "POST", headers: visitor.headers(""), body: "" };
  keep(visitor, expectStatus("sign-out", await sender.send("/auth/signout", post), 303));
}

/** On the front channel. The browser still has its cookie, which is good for nothing then. */
async function signOutElsewhere(sender: HttpSender, visitor: Visitor): Promise<void> {
  // Who has not been at the provider yet has no session there.
  if (visitor.sid === "") return await signOutHere(sender, visitor);
  const path = `/auth/logout-callback?sid=${visitor.sid}`;
  expectStatus("front channel", await sender.send(path), 200);
  await get(sender, visitor, "/graph/me", 401);
}

async function outAndInAgain(
  sender: HttpSender,
  visitor: Visitor,
  signOut: SignOut,
): Promise<void> {
  await signOut(sender, visitor);
  const start = await sender.send("/auth/signin", { headers: visitor.headers() });
  keep(visitor, expectStatus("sign-in", start, 302));
  const body = await visitor.authorize(start.headers.location as string);
  const answer = { method: "POST", headers: visitor.headers(body), body };
  keep(visitor, expectStatus("callback", await sender.send("/auth/callback", answer), 303));
  // Needs a token that the sign-in did not bring: a refresh, and a write.
  await get(sender, visitor, "/graph/me/messages", 200);
}

function keep(visitor: Visitor, { headers }: HttpAnswer): void {
  visitor.keep([headers["set-cookie"] ?? []].flat().map(parseSetCookie));
}

function expectStatus(what: string, answer: HttpAnswer, expected: number): HttpAnswer {
  if (answer.status !== expected) throw new Error(`${what} answered ${answer.status}.`);
  return answer;
}
