import { createSecrets } from "../../local/secrets.ts";
import { type Services, startServices } from "../../local/services.ts";
import type { Context } from "../../src/shared/context.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { composeApp, handlerOf } from "../world/app.ts";
import { requestOf } from "../world/request.ts";
import { BASE_URL } from "../world/setUp.ts";
import { Visitor } from "../world/visitor.ts";
import { createWatch, type Watch } from "../world/watch.ts";

const CALLS = 20;
/** Seconds of an access token that has expired as soon as it is stored. */
const OVER = 1;

interface Row {
  readonly what: string;
  readonly tokenRequests: number;
  readonly reads: number;
  readonly writes: number;
}

export interface TogetherResult {
  readonly calls: number;
  readonly rows: readonly Row[];
}

async function run({ progress }: Options): Promise<TogetherResult> {
  progress.expect(2);
  const services = await startServices({ baseUrl: BASE_URL, secrets: createSecrets() });
  try {
    const watch = createWatch();
    const app = composeApp(services.env, watch.watching);
    const { switches, users } = services.tenant;
    const [user] = users;
    if (user === undefined) throw new Error("The tenant has no user.");
    const visitor = new Visitor(user.username);

    const usual = { ...switches };
    Object.assign(switches, { accessTokenLifetime: OVER, caeAccessTokenLifetime: OVER });
    await signIn(app, visitor);
    Object.assign(switches, usual);
    const expired = await callTogether(services, app, watch, visitor);
    progress.step("expired");

    services.graph.faults.claimsChallenge(user.oid);
    const challenged = await callTogether(services, app, watch, visitor);
    progress.step("challenged");
    return {
      calls: CALLS,
      rows: [
        { what: "whose token has expired", ...expired },
        { what: "after a claims challenge", ...challenged },
      ],
    };
  } finally {
    await services.stop();
  }
}

async function signIn(app: Context, visitor: Visitor): Promise<void> {
  const start = await handlerOf(app, "authSignIn")(
    requestOf("/auth/signin", visitor.headers()),
    undefined,
  );
  visitor.keep(start.cookies);
  const body = await visitor.authorize(start.headers?.Location);
  const post = requestOf("/auth/callback", visitor.headers(body), { method: "POST", body });
  visitor.keep((await handlerOf(app, "authCallback")(post, undefined)).cookies);
}

/** Graph calls of one session in one process, all at once. */
async function callTogether(
  { tenant }: Services,
  app: Context,
  watch: Watch,
  visitor: Visitor,
): Promise<Omit<Row, "what">> {
  const graph = handlerOf(app, "authGraph");
  watch.take();
  tenant.requests.length = 0;
  const answers = await Promise.all(
    Array.from({ length: CALLS }, () =>
      graph(requestOf("/graph/me", visitor.headers()), undefined),
    ),
  );
  const refused = answers.find(({ status }) => status !== 200);
  if (refused) throw new Error(`A Graph call answered ${refused.status}.`);
  const { requests } = watch.take();
  const reads = requests.filter((name) => name === "read").length;
  return {
    tokenRequests: tenant.requests.filter(({ endpoint }) => endpoint === "token").length,
    reads,
    writes: requests.length - reads,
  };
}

function tables({ calls, rows }: TogetherResult) {
  return [
    {
      id: "together",
      title: `${calls} Graph calls of one session at once, in one process`,
      columns: ["", "token requests", "reads", "writes"],
      rows: rows.map(({ what, tokenRequests, reads, writes }) =>
        [what, tokenRequests, reads, writes].map(String),
      ),
    },
  ];
}

function regressions(_kept: TogetherResult, now: TogetherResult): string[] {
  return now.rows
    .filter(({ tokenRequests, writes }) => tokenRequests !== 1 || writes !== 1)
    .map(
      ({ what, tokenRequests, writes }) =>
        `${now.calls} calls at once ${what}: ${tokenRequests} token requests and ${writes} writes, and the budget is 1 of each.`,
    );
}

export const together: Benchmark<TogetherResult> = {
  name: "together",
  run,
  tables,
  charts: () => [],
  regressions,
};
