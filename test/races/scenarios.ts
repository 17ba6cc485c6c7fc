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
const front = (sid: string, id = `front ${sid}`, clock = 0): Op => ({
  do: "front",
  id,
  sid,
  clock,
});
const back = (subject: string, options: Partial<OpOf<"back">> = {}): OpOf<"back"> => ({
  do: "back",
  id: `back ${subject}`,
  subject,
  token: "T",
  issued: 1,
  ...options,
});
const backBySid = (sid: string, issued = 1): OpOf<"back"> => ({
  do: "back",
  id: `back ${sid}`,
  sid,
  token: "T",
  issued,
});
const admin = (id = "operator"): Op => ({ do: "admin", id, account: "ada.t" });
const refresh = (of: string, id = `refresh of ${of}`): Op => ({ do: "refresh", id, of });
/** Two of one instance for the same token, the second one begun after so many requests of the first. */
const joined = (of: string, after: number, scope?: string): Op[] => [
  { do: "refresh", id: "first refresh", of, scope: "same" },
  { do: "refresh", id: "second refresh", of, scope: scope ?? "same", beside: after },
];
const revoked = (of: string): Op => ({ do: "refresh", id: `refresh of ${of}`, of, revoked: true });
const visit = (of: string, options: Partial<OpOf<"visit">> = {}): Op => ({
  do: "visit",
  id: `visit of ${of}`,
  of,
  ...options,
});
const idle = (of: string): Op => ({ do: "idle", id: `idle cookie of ${of}`, of });
const bind = (of: string, id = `binding of ${of}`, challenge = 0): Op => ({
  do: "bind",
  id,
  of,
  challenge,
});
const leave = (of: string): Op => ({ do: "endSession", id: `leaving of ${of}`, of });
const end = (of: string, by: string): Op => ({
  do: "endSession",
  id: `end of ${of} by ${by}`,
  of,
  by,
});
const purge: Op = { do: "purge", id: "purge" };

const at = (time: number, ...ops: Op[]) => ops.map((op) => ({ at: time, op }));
const today = (...ops: Op[]) => at(MIDDAY - HOUR, ...ops);
const yesterday = (...ops: Op[]) => at(MIDDAY - DAY, ...ops);

type Details = Partial<Scenario> & Pick<Scenario, "actors">;

function scenario(name: string, faults: number, details: Details): Scenario {
  return { name, now: MIDDAY, faults, ...details };
}

/** The provider signs the session in again that it has signed out before; the browser still knows of it. */
const again = (id: string, options: Partial<OpOf<"signIn">> = {}): Op =>
  signIn(id, "1", { holds: { sids: ["1"] }, ...options });
/** A sign-in whose user may be on the provider's page while others act. */
const slow = (id: string, options: Partial<OpOf<"signIn">> = {}): Op =>
  signIn(id, "1", { apart: "briefly", ...options });
const known = { subject: "ada" };
const justNow = (...ops: Op[]) => at(MIDDAY - 2 * MINUTE, ...ops);
/** Longer than clocks are apart in here, and ten minutes. */
const longerAgo = (...ops: Op[]) => at(MIDDAY - 19 * MINUTE, ...ops);
const SLOW_CLOCK = -4;
const FAST_CLOCK = 4;

/** A `sid` that returns after a sign-out elsewhere. */
const RETURNING: readonly Scenario[] = [
  scenario("a sid that returns, against the front channel again", 1, {
    before: [...today(signIn("A", "1")), ...justNow(front("1"))],
    actors: [[again("B")], [front("1", "front 1 again")]],
  }),
  scenario("a sid that returns while it is being signed out", 1, {
    before: today(signIn("A", "1")),
    actors: [[front("1")], [again("B")]],
  }),
  scenario("a sid that returns, against a sign-in from before its sign-out", 1, {
    before: today(signIn("A", "1")),
    actors: [[front("1"), again("B")], [slow("C")]],
  }),
  scenario("the same with clocks that differ", 0, {
    before: today(signIn("A", "1")),
    actors: [
      [front("1", "front 1", SLOW_CLOCK), again("B", { clocks: [SLOW_CLOCK, FAST_CLOCK] })],
      [slow("C", { clocks: [FAST_CLOCK, SLOW_CLOCK] })],
    ],
  }),
  scenario("a sign-in against the front channel, with clocks that differ", 0, {
    actors: [
      [slow("A", { clocks: [FAST_CLOCK, SLOW_CLOCK] })],
      [front("1", "front 1", SLOW_CLOCK)],
    ],
  }),
  scenario("a sid that returns twice, with a sign-out in between", 0, {
    before: today(signIn("A", "1")),
    actors: [[front("1"), again("B"), front("1", "front 1 again"), again("C")]],
  }),
  scenario("a sid that returns with another account, against a sign-in from before", 0, {
    before: today(signIn("A", "1")),
    actors: [[front("1"), again("B", { account: "bob.t" })], [slow("C")]],
  }),
  scenario("a sid that returns in two tabs", 1, {
    before: [...today(signIn("A", "1")), ...justNow(front("1"))],
    actors: [[again("B")], [again("C")]],
  }),
  scenario("a sid that returns after sign-out by cookie, against the front channel", 1, {
    before: today(signIn("A", "1")),
    actors: [[here("A"), again("B")], [front("1")]],
  }),
  scenario("a sid that returns, against a refresh from before", 1, {
    before: today(signIn("A", "1")),
    actors: [[front("1"), again("B")], [refresh("A")]],
  }),
  scenario("a sid that returns, against a second browser", 0, {
    before: today(signIn("A", "1")),
    actors: [[front("1"), again("B")], [signIn("C", "2")]],
  }),
  scenario("a sid that returns, held back and then with the button", 2, {
    before: [...today(signIn("A", "1")), ...justNow(front("1"))],
    actors: [[signIn("B", "1"), again("C")]],
  }),
  scenario("held back and then with the button, against the front channel", 1, {
    before: [...today(signIn("A", "1")), ...justNow(front("1"))],
    actors: [[signIn("B", "1"), again("C")], [front("1", "front 1 again")]],
  }),
  scenario("a sid that a stranger has signed out before it signs in", 1, {
    before: justNow(front("1")),
    actors: [[signIn("A", "1"), again("B")]],
  }),
  scenario("a sid that a stranger signs out again and again", 0, {
    before: justNow(front("1")),
    actors: [[signIn("A", "1"), again("B")], [front("1", "front 1 again")]],
  }),
  scenario("a sid that a stranger has signed out some time before it signs in", 1, {
    before: longerAgo(front("1", "front 1", FAST_CLOCK)),
    actors: [[signIn("A", "1", { clocks: [SLOW_CLOCK, 0] })]],
  }),
  scenario("a sid that returns some time later in a browser that knows nothing", 1, {
    before: [...today(signIn("A", "1")), ...longerAgo(front("1", "front 1", FAST_CLOCK))],
    actors: [[signIn("B", "1", { clocks: [SLOW_CLOCK, 0] })]],
  }),
  scenario("an answer that is posted twice, against the front channel", 0, {
    actors: [[slow("A", { state: "X" })], [slow("B", { state: "X" })], [front("1")]],
  }),
  scenario("an answer that is posted twice", 1, {
    actors: [[slow("A", { state: "X" })], [slow("B", { state: "X" })]],
  }),
  scenario("an answer that is posted twice, after a made-up one", 1, {
    actors: [
      [signIn("made up", "1", { state: "X", refused: true }), slow("A", { state: "X" })],
      [slow("B", { state: "X" })],
    ],
  }),

  scenario("the purge of a sid that was signed out, against its front channel and its return", 0, {
    longer: -4,
    before: yesterday(signIn("A", "1"), front("1")),
    now: NIGHT,
    actors: [[purge], [front("1", "front 1 again")], [slow("B")]],
  }),
  scenario("the purge of a sid that was signed out, against its return", 1, {
    before: yesterday(signIn("A", "1"), front("1")),
    now: NIGHT,
    actors: [[purge], [again("B")]],
  }),
  scenario("two purges, one of which may be cut off, against the return of a sid", 0, {
    longer: -4,
    before: yesterday(signIn("A", "1"), front("1")),
    now: NIGHT,
    actors: [[purge], [{ ...purge, id: "purge again" }], [again("B")]],
  }),
  scenario("the purge while somebody stays on the sign-in page", 0, {
    longer: -6,
    before: yesterday(signIn("A", "1")),
    now: NIGHT,
    later: NIGHT + 20 * MINUTE,
    actors: [[front("1")], [purge], [slow("B", { apart: "long" })]],
  }),
  scenario("the purge of early sign-outs while somebody stays on the sign-in page", 0, {
    now: NIGHT,
    later: NIGHT + 20 * MINUTE,
    actors: [[front("1")], [purge], [slow("A", { apart: "long" })]],
  }),
  scenario("a sign-out that is forgotten by the time the sid returns", 0, {
    before: [...yesterday(signIn("A", "1")), ...at(NIGHT - 2 * MINUTE, front("1"))],
    now: NIGHT,
    later: NIGHT + 2 * HOUR,
    actors: [[purge], [slow("B", { apart: "long" })]],
  }),
];

const forge = (sid: string, change: OpOf<"forge">["change"] = { signedOut: true }): Op => ({
  do: "forge",
  id: "forgery",
  sid,
  change,
});

/** Somebody writes into the table who has no key. */
const FORGED: readonly Scenario[] = [
  scenario("a tombstone that nobody of ours has made, against the front channel", 1, {
    before: today(signIn("A", "1")),
    actors: [[forge("1")], [front("1")]],
  }),
  scenario("a tombstone that nobody of ours has made, then the front channel and a sign-in", 0, {
    before: today(signIn("A", "1")),
    actors: [[forge("1"), front("1")], [signIn("B", "2")]],
  }),
  scenario("the end of a session that nobody of ours has written, against the front channel", 0, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[forge("1", { expiresAt: "2026-01-01T00:00:00.000Z" })], [front("1")]],
  }),
  scenario("a tombstone with a forged neighbour, against a sign-in from before", 0, {
    before: today(signIn("A", "1")),
    actors: [
      [front("1"), forge("1", { issuedUntil: "", leftAt: "2026-03-10T11:59:59.000Z" })],
      [slow("C")],
    ],
  }),
];

const allDay = { hours: 24 };

/** One session of an account is over, and others go on. */
const OUTLIVED: readonly Scenario[] = [
  scenario("the front channel of a session that is over, while another goes on", 2, {
    before: [...yesterday(signIn("A", "1")), ...today(signIn("B", "2", allDay))],
    now: NIGHT,
    actors: [[front("1")], [refresh("B")]],
  }),
  scenario("the front channel of a session that is over, against a second browser", 1, {
    before: yesterday(signIn("A", "1")),
    now: NIGHT,
    actors: [[front("1")], [signIn("B", "2")]],
  }),
  scenario("a logout token for a session that is over, while another goes on", 1, {
    before: [
      ...yesterday(signIn("A", "1", { issued: 1 })),
      ...today(signIn("B", "2", { ...allDay, issued: 2 })),
    ],
    now: NIGHT,
    actors: [[backBySid("1", 3)], [refresh("B")]],
  }),
  scenario("a logout token for a subject whose first session is over, against the purge", 1, {
    before: [
      ...yesterday(signIn("A", "1", known)),
      ...today(signIn("B", "2", { ...known, ...allDay })),
    ],
    now: NIGHT,
    actors: [[back("ada")], [purge]],
  }),
  scenario("the purge of a session that is over, against the return of its sid", 1, {
    before: [...yesterday(signIn("A", "1")), ...today(signIn("B", "2", allDay))],
    now: NIGHT,
    actors: [[purge], [signIn("C", "1")]],
  }),
  scenario("the purge of a session that is over, against its front channel and its return", 0, {
    before: [...yesterday(signIn("A", "1")), ...today(signIn("B", "2", allDay))],
    now: NIGHT,
    actors: [[purge], [front("1")], [slow("C")]],
  }),
  scenario("the purge of a session that is over, against another of its subject", 0, {
    before: [...yesterday(signIn("A", "1", known)), ...today(signIn("B", "2", allDay))],
    now: NIGHT,
    actors: [[purge], [signIn("C", "3", known)]],
  }),
  scenario("the purge while a request of a short session of an account in use is under way", 1, {
    before: today(signIn("B", "2", allDay)),
    now: NIGHT - 17 * MINUTE,
    later: NIGHT,
    actors: [[signIn("A", "1", { hours: 0.1 })], [purge]],
  }),
];

/** A back channel: its logout tokens may come late, and more than once. */
const BACK_CHANNEL: readonly Scenario[] = [
  scenario("a sign-in against a logout token for its subject", 1, {
    actors: [[slow("A", known)], [back("ada")]],
  }),
  scenario("a sign-in against a logout token for its sid", 1, {
    actors: [[slow("A")], [backBySid("1")]],
  }),
  scenario("a second browser, started before, against a logout token for the subject", 1, {
    before: today(signIn("A", "1", { ...known, issued: 1 })),
    actors: [[signIn("B", "2", { ...known, issued: 1, apart: "briefly" })], [back("ada")]],
  }),
  scenario("the same logout token twice at once, and a newer sign-in", 0, {
    before: today(signIn("A", "1", { ...known, issued: 1 })),
    actors: [
      [back("ada")],
      [back("ada", { id: "back ada again" })],
      [signIn("B", "2", { ...known, issued: 2 })],
    ],
  }),
  scenario("a logout token again after a fault, and a newer sign-in", 2, {
    before: today(signIn("A", "1", { ...known, issued: 1 })),
    actors: [
      [back("ada"), back("ada", { id: "back ada again" })],
      [signIn("B", "2", { ...known, issued: 2 })],
    ],
    faultyReads: true,
  }),
  scenario("a late logout token against both browsers of an account", 1, {
    before: today(
      signIn("A", "1", { ...known, issued: 1 }),
      signIn("B", "2", { ...known, issued: 3 }),
    ),
    actors: [[back("ada", { issued: 2 })], [refresh("A")], [refresh("B")]],
  }),
  scenario("a late logout token against the older of two, stored last", 1, {
    before: today(
      signIn("B", "2", { ...known, issued: 3 }),
      signIn("A", "1", { ...known, issued: 1 }),
    ),
    actors: [[back("ada", { issued: 2 })], [refresh("B")]],
  }),
  scenario("a late logout token against two sign-ins, one of them newer", 0, {
    longer: -4,
    actors: [
      [signIn("A", "1", { ...known, issued: 1 })],
      [signIn("B", "2", { ...known, issued: 3 })],
      [back("ada", { issued: 2 })],
    ],
  }),
  scenario("a sid that returns after a logout token, against a sign-in from before", 0, {
    before: today(signIn("A", "1", { issued: 1 })),
    actors: [[backBySid("1", 2), signIn("B", "1", { issued: 3 })], [slow("C", { issued: 1 })]],
  }),
  scenario("two logout tokens of one second, against a sign-in that has seen one of them", 0, {
    longer: 8,
    before: today(signIn("A", "1", { ...known, issued: 1 })),
    actors: [
      [back("ada", { issued: 2 }), { ...backBySid("1", 2), token: "U" }],
      [again("B", { ...known, holds: { sids: ["1"], ...known }, issued: 2, apart: "briefly" })],
    ],
  }),
  scenario("a late logout token and the front channel, against the return of the sid", 0, {
    before: today(signIn("A", "1", { issued: 1 })),
    actors: [[front("1"), again("B", { issued: 3 })], [backBySid("1", 2)]],
  }),
  scenario("a late logout token and the front channel, against a sign-in from before", 0, {
    before: today(signIn("A", "1", { issued: 1 })),
    actors: [[front("1"), backBySid("1", 2)], [slow("C", { issued: 3 })]],
  }),
];

/** Requests that need no token, an hour after the grant was last confirmed. */
const CONFIRMED: readonly Scenario[] = [
  scenario("a visit against sign-out by cookie", 2, {
    before: today(signIn("A", "1")),
    actors: [[visit("A")], [here("A")]],
    faultyReads: true,
  }),
  scenario("a visit against the front channel", 2, {
    before: today(signIn("A", "1")),
    actors: [[visit("A")], [front("1")]],
    faultyReads: true,
  }),
  scenario("a visit against an operator", 1, {
    before: today(signIn("A", "1")),
    actors: [[visit("A")], [admin()]],
  }),
  scenario("a visit against a second browser, and sign-out by its cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [[visit("A")], [signIn("B", "2"), here("B")]],
  }),
  scenario("a visit against sign-out by cookie and a new sign-in", 1, {
    before: today(signIn("A", "1")),
    actors: [[visit("A")], [here("A"), signIn("B", "2")]],
  }),
  scenario("two visits of one instance against sign-out by cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [[visit("A"), visit("A", { id: "joined visit", beside: 2 })], [here("A")]],
    faultyReads: true,
  }),
  scenario("visits on two instances against sign-out by cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [[visit("A")], [visit("A", { id: "other visit" })], [here("A")]],
  }),
  scenario("a visit that waits for a refresh, against sign-out by cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [[refresh("A"), visit("A", { beside: 2 })], [here("A")]],
    faultyReads: true,
  }),
  scenario("visits of two browsers on one instance, one of which leaves", 1, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[visit("A"), visit("B", { beside: 2 })], [leave("A")]],
  }),
  scenario("a visit with a withdrawn grant against a second browser", 2, {
    before: today(signIn("A", "1")),
    actors: [[visit("A", { revoked: true })], [signIn("B", "2")]],
  }),
  scenario("a visit with a withdrawn grant against one on another instance", 1, {
    before: today(signIn("A", "1")),
    actors: [
      [visit("A", { revoked: true })],
      [visit("A", { id: "other visit" })],
      [signIn("B", "2")],
    ],
  }),
];

/** Longer than both limits and an hour: nobody can have used such a session since. */
const longUnused = (...ops: Op[]) => at(MIDDAY - 3 * HOUR, ...ops);

/** Somebody comes with cookies that were not used for too long. */
const IDLE: readonly Scenario[] = [
  scenario("an old copy of an idle cookie against a visit", 1, {
    before: today(signIn("A", "1")),
    actors: [[idle("A")], [visit("A")]],
  }),
  scenario("an old copy of an idle cookie against a second browser", 1, {
    before: today(signIn("A", "1")),
    actors: [[idle("A")], [signIn("B", "2")]],
  }),
  scenario("an old copy of an idle cookie against another's withdrawn grant", 1, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[idle("A")], [visit("B", { revoked: true })]],
  }),
  scenario("an idle cookie against a second browser", 2, {
    before: longUnused(signIn("A", "1")),
    actors: [[idle("A")], [signIn("B", "2")]],
  }),
  scenario("an idle cookie against a visit of another browser", 2, {
    before: [...longUnused(signIn("A", "1")), ...today(signIn("B", "2"))],
    actors: [[idle("A")], [visit("B")]],
  }),
  scenario("an idle cookie against the front channel", 1, {
    before: longUnused(signIn("A", "1")),
    actors: [[idle("A")], [front("1"), signIn("B", "2")]],
  }),
  scenario("idle cookies of both browsers", 1, {
    before: longUnused(signIn("A", "1"), signIn("B", "2")),
    actors: [[idle("A")], [idle("B")]],
  }),
];

/** A browser registers a key of its device. */
const BOUND: readonly Scenario[] = [
  scenario("a registration against sign-out by cookie", 2, {
    before: today(signIn("A", "1")),
    actors: [[bind("A")], [here("A")]],
    faultyReads: true,
  }),
  scenario("a registration against the front channel", 2, {
    before: today(signIn("A", "1")),
    actors: [[bind("A")], [front("1")]],
    faultyReads: true,
  }),
  scenario("a registration against a refresh", 2, {
    before: today(signIn("A", "1")),
    actors: [[bind("A")], [refresh("A")]],
  }),
  scenario("a registration against a visit and its sign-out by cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [[bind("A")], [visit("A"), here("A")]],
  }),
  scenario("two registrations of one session", 2, {
    before: today(signIn("A", "1")),
    actors: [[bind("A")], [bind("A", "other binding of A", 1)]],
  }),
  scenario("two registrations for one challenge", 2, {
    before: today(signIn("A", "1")),
    actors: [[bind("A")], [bind("A", "rival binding of A")]],
  }),
  scenario("two registrations for one challenge, beside another session", 1, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[bind("A")], [bind("A", "rival binding of A")]],
  }),
  scenario("two registrations for one challenge against sign-out by cookie", 0, {
    before: today(signIn("A", "1")),
    actors: [[bind("A")], [bind("A", "rival binding of A")], [here("A")]],
  }),
  scenario("a registration against the same browser's other tab", 1, {
    before: today(signIn("A", "1", { tabs: ["B"] })),
    actors: [[bind("A")], [signIn("B", "1", { tabs: ["A"] })]],
  }),
  scenario("a registration against a second browser, and sign-out by its cookie", 1, {
    before: today(signIn("A", "1")),
    actors: [[bind("A")], [signIn("B", "2"), here("B")]],
  }),
  scenario("a registration against the end of the session by another", 1, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[bind("A")], [end("A", "B")]],
  }),
];

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
    longer: -2,
    actors: [[signIn("A", "1", { tabs: ["B"] }), here("A")], [signIn("B", "1", { tabs: ["A"] })]],
  }),
  scenario("two tabs of one browser against the front channel", 0, {
    longer: -8,
    shorter: 2,
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
  scenario("a second browser that reads the account row by row, against its end and a new one", 0, {
    page: 1,
    before: today(signIn("A", "1")),
    actors: [[here("A"), signIn("B", "2")], [signIn("C", "3")]],
  }),
  scenario("the same sid with two accounts at once, and its front channel", 0, {
    longer: -4,
    actors: [[signIn("A", "1")], [signIn("B", "1", { account: "bob.t" })], [front("1")]],
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

  scenario("each of two browsers ends the other's session", 2, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[end("A", "B")], [end("B", "A")]],
  }),
  scenario("the end of a session elsewhere against its refresh", 1, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[end("A", "B")], [refresh("A")]],
  }),
  scenario("the end of a session elsewhere against a sign-in that joins", 1, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[end("A", "B")], [signIn("C", "3")]],
  }),
  scenario("the end of a session elsewhere against its sign-outs", 1, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[end("A", "B")], [front("1")], [here("B")]],
  }),
  scenario("the end of a session elsewhere against the next sign-in of its browser", 1, {
    before: today(signIn("A", "1"), signIn("B", "2")),
    actors: [[end("A", "B")], [signIn("C", "1", { replaces: "A" })]],
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
    longer: -7,
    shorter: 0,
    before: yesterday(signIn("A", "1")),
    now: NIGHT,
    actors: [[purge], [front("1")], [signIn("B", "1")]],
  }),
  scenario("the purge against the front channel of a session that has ended, and a sign-in", 0, {
    longer: -4,
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
    shorter: 2,
    before: [...yesterday(signIn("A", "1")), ...today(signIn("B", "2"))],
    now: NIGHT,
    actors: [[purge], [front("1")]],
  }),
  ...CONFIRMED,
  ...IDLE,
  ...FORGED,
  ...OUTLIVED,
  ...RETURNING,
  ...BACK_CHANNEL,
  ...BOUND,
];

export function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`There is no scenario ${name}.`);
  return scenario;
}
