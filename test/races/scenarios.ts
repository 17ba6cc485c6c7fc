import type { Op, OpOf } from "./ops.ts";
import { DAY, HOUR, MIDDAY, MINUTE, NIGHT, type Scenario } from "./scenario.ts";

const signIn = (id: string, sid: string, options: Partial<OpOf<"signIn">> = {}): Op => ({
  do: "signIn",
  id,
  account: "ada.t",
  sids: [sid],
  ...options,
});
const here = (of: string): Op => ({ do: "here", id: `cookie of ${of}`, of });
const front = (sid: string, id = `front ${sid}`): Op => ({ do: "front", id, sid });
const back = (subject: string): Op => ({ do: "back", id: `back ${subject}`, subject });
const admin = (id = "operator"): Op => ({ do: "admin", id, account: "ada.t" });
const refresh = (of: string, id = `refresh of ${of}`): Op => ({ do: "refresh", id, of });
/** Two of one instance for the same token, the second one begun after so many requests of the first. */
const joined = (of: string, after: number, scope?: string): Op[] => [
  { do: "refresh", id: "first refresh", of, scope: "same" },
  { do: "refresh", id: "second refresh", of, scope: scope ?? "same", beside: after },
];
const revoked = (of: string): Op => ({ do: "refresh", id: `refresh of ${of}`, of, revoked: true });
const leave = (of: string): Op => ({ do: "endSession", id: `leaving of ${of}`, of });
const purge: Op = { do: "purge", id: "purge" };

const at = (time: number, ...ops: Op[]) => ops.map((op) => ({ at: time, op }));
const today = (...ops: Op[]) => at(MIDDAY - HOUR, ...ops);
const yesterday = (...ops: Op[]) => at(MIDDAY - DAY, ...ops);

type Details = Partial<Scenario> & Pick<Scenario, "actors">;

function scenario(name: string, faults: number, details: Details): Scenario {
  return { name, now: MIDDAY, faults, ...details };
}

/** The last number is how many requests may go wrong in one schedule. */
export const SCENARIOS: readonly Scenario[] = [
  scenario("a sign-in alone", 3, { actors: [[signIn("A", "1")]], faultyReads: true }),
  scenario("a sign-in, then its sign-out by cookie", 2, {
    actors: [[signIn("A", "1"), here("A")]],
    faultyReads: true,
  }),
  scenario("a sign-in, then an operator", 2, { actors: [[signIn("A", "1"), admin()]] }),
  scenario("a sign-in against the front channel", 2, {
    actors: [[signIn("A", "1")], [front("1")]],
  }),
  scenario("a sign-in with a used sid against the front channel", 1, {
    before: today(signIn("A", "1"), here("A")),
    actors: [[signIn("B", "1")], [front("1")]],
  }),
  scenario("a sign-in against an operator", 2, { actors: [[signIn("A", "1")], [admin()]] }),
  scenario("a sign-in against an operator who calls twice", 1, {
    actors: [[signIn("A", "1")], [admin(), admin("operator again")]],
  }),

  scenario("two sign-ins of one browser", 1, {
    actors: [[signIn("A", "1")], [signIn("B", "1")]],
  }),
  scenario("two tabs of one browser", 1, {
    actors: [[signIn("A", "1", { tabs: ["B"] })], [signIn("B", "1", { tabs: ["A"] })]],
  }),
  scenario("two tabs of one browser, and a sign-out by the cookie of one", 1, {
    actors: [[signIn("A", "1", { tabs: ["B"] }), here("A")], [signIn("B", "1", { tabs: ["A"] })]],
  }),
  scenario("two tabs of one browser against the front channel", 0, {
    actors: [
      [signIn("A", "1", { tabs: ["B"] })],
      [signIn("B", "1", { tabs: ["A"] })],
      [front("1")],
    ],
  }),
  scenario("two tabs of a browser that had a session", 1, {
    before: today(signIn("A", "1")),
    actors: [
      [signIn("B", "1", { tabs: ["C"], replaces: "A" })],
      [signIn("C", "1", { tabs: ["B"], replaces: "A" })],
    ],
  }),
  scenario("two sign-ins of one account", 1, {
    actors: [[signIn("A", "1")], [signIn("B", "2")]],
  }),
  scenario("two sign-ins of one account, with a back channel", 0, {
    actors: [[signIn("A", "1", { subject: "ada" })], [signIn("B", "2", { subject: "ada" })]],
  }),
  scenario("two sign-ins of one account against the front channel of one", 0, {
    actors: [[signIn("A", "1")], [signIn("B", "2")], [front("1")]],
  }),
  scenario("the same sid with two accounts at once", 1, {
    actors: [[signIn("A", "1")], [signIn("B", "1", { account: "bob.t" })]],
  }),
  scenario("the same sid with another account, against the front channel", 1, {
    before: today(signIn("A", "1")),
    actors: [[signIn("B", "1", { account: "bob.t" })], [front("1")]],
  }),

  scenario("a second browser against sign-out by cookie", 2, {
    before: today(signIn("A", "1")),
    actors: [[signIn("B", "2")], [here("A")]],
  }),
  scenario("a second browser against the front channel of the first", 2, {
    before: today(signIn("A", "1")),
    actors: [[signIn("B", "2")], [front("1")]],
  }),
  scenario("a second browser against its own front channel", 2, {
    before: today(signIn("A", "1")),
    actors: [[signIn("B", "2")], [front("2")]],
  }),
  scenario("a second browser against an operator", 2, {
    before: today(signIn("A", "1")),
    actors: [[signIn("B", "2")], [admin()]],
  }),
  scenario("a second browser against the back channel", 1, {
    before: today(signIn("A", "1", { subject: "ada" })),
    actors: [[signIn("B", "2", { subject: "ada" })], [back("ada")]],
  }),
  scenario("a browser signing in again against the front channel", 1, {
    before: today(signIn("A", "1")),
    actors: [[signIn("B", "1", { replaces: "A" })], [front("1")]],
  }),

  scenario("a refresh against sign-out by cookie", 3, {
    before: today(signIn("A", "1")),
    actors: [[refresh("A")], [here("A")]],
    faultyReads: true,
  }),
  scenario("a refresh against the front channel", 2, {
    before: today(signIn("A", "1")),
    actors: [[refresh("A")], [front("1")]],
    faultyReads: true,
  }),
  scenario("a refresh against an operator", 2, {
    before: today(signIn("A", "1")),
    actors: [[refresh("A")], [admin()]],
    faultyReads: true,
  }),
  scenario("two refreshes against sign-out by cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [[refresh("A", "first refresh")], [refresh("A", "second refresh")], [here("A")]],
  }),
  scenario("two refreshes of one instance against sign-out by cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [joined("A", 1), [here("A")]],
    faultyReads: true,
  }),
  scenario("a refresh that joins one under way, against sign-out by cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [joined("A", 2), [here("A")]],
    faultyReads: true,
  }),
  scenario("a refresh that joins one as it is stored, against sign-out by cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [joined("A", 3), [here("A")]],
    faultyReads: true,
  }),
  scenario("a refresh that waits for one of other scopes, against sign-out by cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [joined("A", 2, "other"), [here("A")]],
  }),
  scenario("a refresh that joins one under way, against the front channel and a new sign-in", 0, {
    before: today(signIn("A", "1")),
    actors: [joined("A", 2), [front("1"), signIn("B", "2")]],
  }),
  scenario("refreshes of two browsers on one instance, one of which leaves", 1, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[refresh("A"), { ...refresh("B"), beside: 2 } as Op], [leave("A")]],
  }),
  scenario("a withdrawn grant against a refresh on another instance, and sign-out by cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [[revoked("A")], [refresh("A", "other refresh")], [here("A")]],
  }),
  scenario("a refresh against sign-out by cookie and a new sign-in", 1, {
    before: today(signIn("A", "1")),
    actors: [[refresh("A")], [here("A"), signIn("B", "2")]],
  }),
  scenario("a refresh against a second browser", 2, {
    before: today(signIn("A", "1")),
    actors: [[refresh("A")], [signIn("B", "2")]],
  }),
  scenario("a refresh against a second browser and sign-out by cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [[refresh("A")], [signIn("B", "2")], [here("A")]],
  }),
  scenario("a withdrawn grant against a second browser", 2, {
    before: today(signIn("A", "1")),
    actors: [[revoked("A")], [signIn("B", "2")]],
  }),

  scenario("a sign-in after sign-out by cookie, against the front channel", 2, {
    before: today(signIn("A", "1")),
    actors: [[here("A"), signIn("B", "2")], [front("1")]],
  }),
  scenario("a sign-in after the front channel, against its repetition", 2, {
    before: today(signIn("A", "1")),
    actors: [[front("1"), signIn("B", "2")], [front("1", "front 1 again")]],
  }),
  scenario("an old sid against a new sign-in", 2, {
    before: today(signIn("A", "1"), here("A")),
    actors: [[front("1")], [signIn("B", "2")]],
  }),
  scenario("an old sid against a new sign-in and its sign-out", 1, {
    before: today(signIn("A", "1"), here("A")),
    actors: [[front("1")], [signIn("B", "2"), here("B")]],
  }),

  scenario("leaving against a second browser", 2, {
    before: today(signIn("A", "1")),
    actors: [[leave("A")], [signIn("B", "2")]],
  }),
  scenario("leaving against a refresh of another browser", 2, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[leave("A")], [refresh("B")]],
  }),
  scenario("leaving of both browsers", 2, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[leave("A")], [leave("B")]],
  }),

  scenario("the purge against a second browser", 1, {
    before: yesterday(signIn("A", "1")),
    now: NIGHT,
    actors: [[purge], [signIn("B", "2")]],
  }),
  scenario("the purge against the same browser", 1, {
    before: yesterday(signIn("A", "1")),
    now: NIGHT,
    actors: [[purge], [signIn("B", "1")]],
  }),
  scenario("the purge against the front channel", 1, {
    before: yesterday(signIn("A", "1")),
    now: NIGHT,
    actors: [[purge], [front("1")]],
  }),
  scenario("the purge against the front channel and a sign-in", 0, {
    before: yesterday(signIn("A", "1")),
    now: NIGHT,
    actors: [[purge], [front("1")], [signIn("B", "1")]],
  }),
  scenario("the purge against the front channel of a session that has ended, and a sign-in", 0, {
    before: yesterday(signIn("A", "1"), here("A")),
    now: NIGHT,
    actors: [[purge], [front("1")], [signIn("B", "1")]],
  }),
  scenario("the purge against another account with the same sid", 1, {
    before: yesterday(signIn("A", "1")),
    now: NIGHT,
    actors: [[purge], [signIn("B", "1", { account: "bob.t" })]],
  }),
  scenario("the purge while a request of a short session is still under way", 2, {
    now: NIGHT - 17 * MINUTE,
    later: NIGHT,
    actors: [[signIn("A", "1", { hours: 0.1 })], [purge]],
  }),
  scenario("the purge of an account in two browsers, the second against the front channel", 1, {
    before: [...yesterday(signIn("A", "1")), ...today(signIn("B", "2"))],
    now: NIGHT,
    actors: [[purge], [front("1")]],
  }),
];
