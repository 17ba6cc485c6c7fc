/** Faults that change nothing which anybody could tell, and why. `npm run mutate` expects them to survive. */
export const SURVIVORS: readonly {
  readonly file: string;
  /** The lines with the fault in them, before and after. */
  readonly from: string;
  readonly to: string;
  readonly why: string;
}[] = [
  {
    file: "src/shared/store/stubborn.ts",
    from: "const isLast = unheld === undefined || unheld.until <= displaced.until;",
    to: "const isLast = unheld === undefined || unheld.until < displaced.until;",
    why: "Of two calls that end at the same time, either stands for both.",
  },
  {
    file: "src/shared/store/stubborn.ts",
    from: "if (unheld) calls.delete(isLast ? unheld : displaced);",
    to: "if (true) calls.delete(isLast ? unheld : displaced);",
    why: "Where there is none, the last is the one that has just come, and nothing is deleted.",
  },
  {
    file: "src/shared/store/stubbornSignOuts.ts",
    from: "const random = () => (store.randomBytes(1)[0] ?? 0) / 256;",
    to: "const random = () => (store.randomBytes(2)[0] ?? 0) / 256;",
    why: "One byte of two is as random.",
  },
  {
    file: "src/shared/store/stubbornSignOuts.ts",
    from: "const random = () => (store.randomBytes(1)[0] ?? 0) / 256;",
    to: "const random = () => (store.randomBytes(1)[0] ?? 1) / 256;",
    why: "The byte that was asked for is there.",
  },
  {
    file: "src/shared/store/stubbornSignOuts.ts",
    from: "const random = () => (store.randomBytes(1)[0] ?? 0) / 256;",
    to: "const random = () => (store.randomBytes(1)[0] ?? 0) / 257;",
    why: "A pause that is shorter by less than a hundredth is as good.",
  },
  {
    file: "src/shared/rows/readRow.ts",
    from: "if (!/^[0-9a-f]{2}$/.test(rowKey) || !(tombstones instanceof Uint8Array)) return false;",
    to: "if (!/^[0-9a-f]{2}$/.test(rowKey) || !(tombstones instanceof Uint8Array)) return undefined;",
    why: "Neither is true.",
  },
  {
    file: "src/shared/store/sidIndex.ts",
    from: 'const { partition, generation, expiresAt = "" } = content;',
    to: 'const { partition, generation, expiresAt = "?" } = content;',
    why: "Neither is a date: nobody knows when it is over.",
  },
  {
    file: "src/shared/session/refresh.ts",
    from: "return await storeTokens(sessions, held, found, fresh, accessToken, started);",
    to: "return (storeTokens(sessions, held, found, fresh, accessToken, started));",
    why: "What storing throws asks nothing of the user.",
  },
  {
    file: "src/shared/session/refreshes.ts",
    from: "export const MOST_ROUNDS = 100;",
    to: "export const MOST_ROUNDS = 101;",
    why: "One round more is as good.",
  },
  {
    file: "src/shared/session/refreshes.ts",
    from: "const { error, at = 0 } = this.#failures.get(keyOf(ref)) ?? {};",
    to: "const { error, at = 1 } = this.#failures.get(keyOf(ref)) ?? {};",
    why: "Where there was no failure, there is no error to tell.",
  },
  ...["-17", "(16)"].map((start) => ({
    file: "src/shared/session/refreshes.ts",
    from: 'return Buffer.from(entry.segment.bytes.subarray(-16)).toString("base64url");',
    to: `return Buffer.from(entry.segment.bytes.subarray(${start})).toString("base64url");`,
    why: "The tag with more of the segment is as much its own.",
  })),
  {
    file: "src/shared/store/sidIndex.ts",
    from: "const NOTHING = Buffer.alloc(0);",
    to: "const NOTHING = Buffer.alloc(1);",
    why: "What is sealed along with the row is nothing to anybody.",
  },
  ...["a <= b ? -1 : 1", "a < b ? -2 : 1", "a < b ? -1 : 2"].map((order) => ({
    file: "src/shared/store/sidIndex.ts",
    from: "return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));",
    to: `return JSON.stringify(Object.entries(row).sort(([a], [b]) => (${order})));`,
    why: "No two properties have one name, and of the answer only the sign counts.",
  })),
  {
    file: "src/shared/store/sidIndex.ts",
    from: 'else if (signedOut) tombstones.push({ version: "", leftAt: Date.parse(changedAt) });',
    to: 'else if (signedOut) tombstones.push({ version: "?", leftAt: Date.parse(changedAt) });',
    why: "Any word that is no tombstone's version is as good.",
  },
  {
    file: "src/shared/store/sidIndex.ts",
    from: "const issuedUntil = row.issuedUntil > time ? row.issuedUntil : time;",
    to: "const issuedUntil = row.issuedUntil >= time ? row.issuedUntil : time;",
    why: "Of two that are the same, either is.",
  },
  {
    file: "src/shared/store/rounds.ts",
    from: "const [random = 0] = store.randomBytes(1);",
    to: "const [random = 1] = store.randomBytes(1);",
    why: "The byte that was asked for is there.",
  },
  {
    file: "src/shared/store/rounds.ts",
    from: "const [random = 0] = store.randomBytes(1);",
    to: "const [random = 0] = store.randomBytes(2);",
    why: "One byte of two is as random.",
  },
  {
    file: "src/shared/store/stubborn.ts",
    from: "call.answer = undefined;",
    to: ";",
    why: "Who has been answered takes no second answer.",
  },
  {
    file: "src/shared/store/stubbornSignOuts.ts",
    from: 'who: token.sid !== undefined ? sidPartition(token.sid) : subjectPartition(token.sub ?? ""),',
    to: 'who: token.sid !== undefined ? sidPartition(token.sid) : subjectPartition(token.sub ?? "?"),',
    why: "A token that names no session names a subject.",
  },
  {
    file: "src/shared/store/segments.ts",
    from: 'return { keyId, fingerprint: keyring.fingerprints.get(keyId) ?? "", bytes };',
    to: 'return { keyId, fingerprint: keyring.fingerprints.get(keyId) ?? "?", bytes };',
    why: "A keyring knows the fingerprint of each of its keys.",
  },
  {
    file: "src/shared/store/segments.ts",
    from: 'return Buffer.from(share ?? "", "base64url");',
    to: 'return Buffer.from(share ?? "?", "base64url");',
    why: "Neither has a byte.",
  },
  {
    file: "src/shared/store/signIn.ts",
    from: "const BEFORE_ALL = { at: 0, seen: [] };",
    to: "const BEFORE_ALL = { at: 1, seen: [] };",
    why: "Both are before every sign-out.",
  },
  {
    file: "src/shared/store/signIn.ts",
    from: "if (!live) ended.add(generation);",
    to: "if (true) ended.add(generation);",
    why: "A live generation that a sign-in could not join is the one of the next round too, or has ended.",
  },
  {
    file: "src/shared/store/purge.ts",
    from: "const AT_ONCE = 24;",
    to: "const AT_ONCE = 25;",
    why: "One account more at once is as good.",
  },
  ...[
    "if (!isWhole || !GENERATION.test(generation))",
    'if (typeof partition !== "string" || typeof generation !== "string")',
    'if (typeof signedOut !== "boolean" || !isTime(changedAt))',
  ].map((condition) => ({
    file: "src/shared/rows/readRow.ts",
    from: `${condition} return false;`,
    to: `${condition} return undefined;`,
    why: "Neither is true.",
  })),
  {
    file: "src/shared/rows/readRow.ts",
    from: "return tombstones.length > 0 && tombstones.length % EARLY.bytes === 0;",
    to: "return tombstones.length > 1 && tombstones.length % EARLY.bytes === 0;",
    why: "One byte is no multiple either.",
  },
  {
    file: "src/shared/rows/readRow.ts",
    from: 'const [, section, name = ""] = /^([asutx])\\.(.+)$/.exec(partitionKey) ?? [];',
    to: 'const [, section, name = "?"] = /^([asutx])\\.(.+)$/.exec(partitionKey) ?? [];',
    why: "Where there is no name, there is no section.",
  },
  ...["leftAt", "issuedUntil"].map((time) => {
    const from =
      'const { tombstone = "", leftAt = "", tokenTombstone = "", issuedUntil = "" } = row;';
    const to = from.replace(`${time} = ""`, `${time} = "?"`);
    const why = "Without its tombstone nobody reads the time.";
    return { file: "src/shared/rows/readRow.ts", from, to, why };
  }),
  {
    file: "src/shared/rows/rows.ts",
    from: "export const EARLY = { bytes: 32, leftAt: 16, issuedUntil: 20, version: 24 } ;",
    to: "export const EARLY = { bytes: 32, leftAt: 16, issuedUntil: 20, version: 25 } ;",
    why: "Seven random bytes tell versions apart as well as eight.",
  },
  ...["65 * 1024 * 1024", "64 * 1025 * 1024", "64 * 1024 * 1025"].map((limit) => ({
    file: "src/shared/store/contentPacking.ts",
    from: "const MAX_INFLATED_BYTES = 64 * 1024 * 1024;",
    to: `const MAX_INFLATED_BYTES = ${limit};`,
    why: "Nothing that is packed here inflates to that.",
  })),
  {
    file: "src/shared/store/contentPacking.ts",
    from: 'const dictionary = Buffer.from(first?.secret ?? "");',
    to: 'const dictionary = Buffer.from(first?.secret ?? "?");',
    why: "Without a first token there is none to compress by it.",
  },
  ...[
    "i === 0 ? dictionary : deflateRawSync(secret, { level: 1, dictionary }),",
    "const packedRest = deflateRawSync(JSON.stringify(rest), { level: 1 });",
  ].map((from) => ({
    file: "src/shared/store/contentPacking.ts",
    from,
    to: from.replace("level: 1", "level: 2"),
    why: "It inflates to the same, and is hardly smaller.",
  })),
  {
    file: "src/shared/store/contentPacking.ts",
    from: 'AccessToken: Object.fromEntries(tokens.map(([key, token]) => [key, { ...token, secret: "" }])),',
    to: 'AccessToken: Object.fromEntries(tokens.map(([key, token]) => [key, { ...token, secret: "?" }])),',
    why: "The secret takes its place when it is unpacked.",
  },
  {
    file: "src/shared/store/contentPacking.ts",
    from: 'const fields = GRANT.map((field) => [field, token[field] ?? ""] );',
    to: 'const fields = GRANT.map((field) => [field, token[field] ?? "?"] );',
    why: "Nobody wants a token of that name, for that scope, or for that challenge either.",
  },
  {
    file: "src/shared/store/contentPacking.ts",
    from: 'const first = (field ) => except && (except[field] ?? "");',
    to: 'const first = (field ) => except && (except[field] ?? "?");',
    why: "What is missing in both is noted once more.",
  },
  {
    file: "src/shared/store/account.ts",
    from: "return Math.max(0, ...Object.values(account.sessions).map((session) => session.expiresAt));",
    to: "return Math.max(1, ...Object.values(account.sessions).map((session) => session.expiresAt));",
    why: "A row without sessions has been over since 1970.",
  },
  {
    file: "src/shared/store/accountRow.ts",
    from: "const ENTRY_BYTES = 1024;",
    to: "const ENTRY_BYTES = 1025;",
    why: "A byte of room more or less for each session.",
  },
  {
    file: "src/shared/store/accountRow.ts",
    from: "const taken = others.reduce((sum, { segment }) => sum + segment.bytes.length + ENTRY_BYTES, 0);",
    to: "const taken = others.reduce((sum, { segment }) => sum + segment.bytes.length + ENTRY_BYTES, 1);",
    why: "A byte of room more or less.",
  },
  {
    file: "src/shared/store/accountRow.ts",
    from: 'fingerprint: keyring.fingerprints.get(keyId) ?? "",',
    to: 'fingerprint: keyring.fingerprints.get(keyId) ?? "?",',
    why: "A keyring knows the fingerprint of each of its keys.",
  },
  {
    file: "src/shared/store/backChannel.ts",
    from: 'const { id, sid, sub = "", issuedAt, expiresAt } = token;',
    to: 'const { id, sid, sub = "?", issuedAt, expiresAt } = token;',
    why: "A token that names no subject names a session.",
  },
  {
    file: "src/shared/store/accountRow.ts",
    from: "if (bytes === undefined || bytes.length < LENGTH_BYTES) return undefined;",
    to: "if (bytes === undefined || bytes.length <= LENGTH_BYTES) return undefined;",
    why: "A length with nothing behind it unseals to nothing either.",
  },
  ...["true", "more.length >= 0"].map((condition) => ({
    file: "src/shared/store/accountRow.ts",
    from: "if (more.length > 0) return Buffer.concat(parts);",
    to: `if (${condition}) return Buffer.concat(parts);`,
    why: "The bytes of one chunk are copied, and stay the same.",
  })),
  {
    file: "src/shared/store/announcements.ts",
    from: "return await readSid(store, key);",
    to: "return (readSid(store, key));",
    why: "An asynchronous function waits for what it returns.",
  },
  {
    file: "src/shared/store/announcements.ts",
    from: "const times = [-2 * CLOCKS_APART_MS, CLOCKS_APART_MS].map(",
    to: "const times = [-3 * CLOCKS_APART_MS, CLOCKS_APART_MS].map(",
    why: "For ten minutes after midnight it looks at the day before as well, where no sign-in under way is.",
  },
];
