import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LogLine } from "../../local/host/host.ts";
import { type Rig, type RigOptions, startRig } from "../../local/rig.ts";
import type { Tenant } from "../../local/tenant/tenant.ts";
import { readSealingKeys } from "../../src/shared/config/sealingKeys.ts";
import { createKeyring, type Keyring } from "../../src/shared/crypto/keyring.ts";
import { transactionOf } from "../../src/shared/identity/transaction.ts";
import { unsealCookie } from "../../src/shared/session/cookies.ts";
import { eventually } from "./eventually.ts";
import { newFolder } from "./folder.ts";
import { keepSwitches, shared } from "./shared.ts";
import type { Answer } from "./wire.ts";

/** A rig of which everything that the app says is kept, so that it can be searched for secrets. */
export interface WatchedRig extends Rig {
  readonly logs: LogLine[];
  /** Every answer that has left the app, on all its instances. */
  answers(): Promise<Answer[]>;
  /** Where a secret of this run turned up: `a code or token in the body of GET /graph/me`. */
  leaks(): Promise<string[]>;
  /** Counts the secrets of another tenant in. */
  watch(tenant: Tenant): void;
}

/** {@link startWatchedRig} for the tests of a file or a block, each of which finds the tenant's switches as they were. */
export function watchedRig(): WatchedRig {
  const rig = shared(startWatchedRig);
  keepSwitches(() => rig.tenant);
  return rig;
}

export async function startWatchedRig(options: RigOptions = {}): Promise<WatchedRig> {
  const folder = await newFolder();
  const file = join(folder.path, "answers");
  const logs: LogLine[] = [];
  const recorder = new URL("wire.ts", import.meta.url).href;
  const rig = await startRig({
    ...options,
    env: { ...options.env, NODE_OPTIONS: `--import=${recorder}`, WIRE_FILE: file },
    onLog(line) {
      logs.push(line);
      options.onLog?.(line);
    },
  });

  const tenants = [rig.tenant];

  async function answers(): Promise<Answer[]> {
    let text = "";
    // The last answer may be being written at this moment.
    await eventually(async () => {
      text = await readFile(file, "utf8").catch(() => "");
      return /^$|\n$/.test(text);
    });
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  return {
    ...rig,
    logs,
    answers,
    watch: (tenant) => void tenants.push(tenant),
    async leaks() {
      const said = await answers();
      const secrets = new Map([
        ...tenants.flatMap(secretsOfTenant),
        ...secretsOfRig(rig),
        ...secretsOfCookies(rig, said),
      ]);
      return search(secrets, placesOf(said, logs));
    },
    async stop() {
      await rig.stop();
      await folder.stop();
    },
  };
}

/** Secret → what it is. */
type Secrets = [secret: string, kind: string][];

/** Where text of the app ends up, and the kinds of secrets that belong there. */
interface Place {
  readonly name: string;
  readonly text: string;
  readonly due: readonly string[];
}

function secretsOfTenant({ issued, sessions, frontChannelCalls, users }: Tenant): Secrets {
  const sids = [
    ...sessions.flatMap(({ signIns }) => signIns.map(({ sid }) => sid)),
    ...frontChannelCalls.map(({ sid }) => sid),
  ];
  return [
    ...issued.map((secret): [string, string] => [secret, "a code or token"]),
    ...sids.map((sid): [string, string] => [sid, "a sid"]),
    ...users.flatMap(
      ({ name, username }): Secrets => [
        [name, "a name"],
        [username, "a name"],
      ],
    ),
  ];
}

function secretsOfRig({ env, host }: Rig): Secrets {
  const [, sealingKey = ""] = (env.TOKEN_CACHE_KEYS ?? "").split(":");
  return [
    [sealingKey, "a sealing key"],
    [env.ENTRA_CLIENT_SECRET ?? "", "the client secret"],
    [host.keys.master, "a host key"],
    [host.keys.default, "a host key"],
    [/AccountKey=([^;]+)/.exec(env.TOKEN_CACHE_STORAGE ?? "")?.[1] ?? "", "the storage key"],
  ];
}

/** The cookies that were set, and what is sealed in them. */
function secretsOfCookies({ env }: Rig, answers: readonly Answer[]): Secrets {
  const keyring = createKeyring(readSealingKeys(env), () => new Uint8Array());
  return answers
    .flatMap(({ headers }) => headers["set-cookie"] ?? [])
    .flatMap((cookie) => {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      return value === "" ? [] : [[value, "a cookie"], ...secretsInside(keyring, name, value)];
    }) as Secrets;
}

function secretsInside(keyring: Keyring, name: string, value: string): Secrets {
  const content = unsealCookie<Record<string, unknown>>(keyring, name, value);
  if (typeof content?.sessionId === "string") {
    return [
      [content.sessionId, "a session id"],
      [String(content.share), "a session's share"],
    ];
  }
  if (typeof content?.secret !== "string") return [];
  const { id, nonce, codeVerifier, share } = transactionOf(content.secret);
  return [
    [content.secret, "a sign-in's secret"],
    [codeVerifier, "a code verifier"],
    [share, "a session's share"],
    [id, "a state or nonce"],
    [nonce, "a state or nonce"],
  ];
}

function placesOf(answers: readonly Answer[], logs: readonly LogLine[]): Place[] {
  return [
    ...answers.flatMap(({ request, headers, body }) => {
      const where = request.replace(/\?.*/, "");
      const { "set-cookie": cookies = [], location = "", ...rest } = headers;
      return [
        { name: `the cookies of ${where}`, text: [cookies].flat().join("\n"), due: ["a cookie"] },
        {
          name: `the location of ${where}`,
          text: String(location),
          due: ["a state or nonce", "a name"],
        },
        { name: `the headers of ${where}`, text: JSON.stringify(rest), due: [] },
        // Who is signed in is what these are for.
        { name: `the body of ${where}`, text: body, due: ["a name"] },
      ];
    }),
    { name: "the log", text: logs.map(({ message }) => message).join("\n"), due: [] },
  ];
}

const JWT = /eyJ[\w-]{8,}\.eyJ/;

function search(secrets: ReadonlyMap<string, string>, places: readonly Place[]): string[] {
  const spellings = [...secrets].flatMap(([secret, kind]) =>
    [...new Set([secret, encodeURIComponent(secret)])].map((spelling) => ({ spelling, kind })),
  );
  const found = new Set<string>();
  for (const { name, text, due } of places) {
    if (JWT.test(text)) found.add(`a JWT in ${name}`);
    for (const { spelling, kind } of spellings) {
      if (spelling && !due.includes(kind) && text.includes(spelling)) {
        found.add(`${kind} in ${name}`);
      }
    }
  }
  return [...found];
}
