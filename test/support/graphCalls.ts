import { beforeAll, beforeEach } from "@jest/globals";
import { permissions } from "../../src/permissions.ts";
import { graphApi } from "../../src/shared/apis/api.ts";
import { forward } from "../../src/shared/apis/forward.ts";
import type { Call } from "../../src/shared/apis/permissions.ts";
import type { Context } from "../../src/shared/context.ts";
import type { HttpResponse } from "../../src/shared/http/types.ts";
import { testApp } from "./app.ts";
import { type StubSession, stubSession } from "./graph.ts";
import { type Loopback, startLoopback } from "./loopback.ts";
import { type RequestInit, request } from "./request.ts";
import { shared } from "./shared.ts";

/** Calls of a signed-in user that are passed on to a Graph that a test plays. */
interface GraphCalls {
  readonly graph: Loopback;
  readonly session: StubSession;
  forward(path: string, init?: RequestInit, variant?: Variant): Promise<HttpResponse>;
  /** Method and path of each call that Graph has got. */
  sent(): string[];
}

interface Variant {
  /** The permission table. Default: the app's. */
  readonly rows?: readonly Call[];
  /** Replaces parts of the context. */
  readonly own?: Partial<Context>;
}

/** For the tests of a file, each with a session of its own. */
export function graphCalls(): GraphCalls {
  const graph = shared(startLoopback);
  let context: Context;
  let session: StubSession;
  beforeAll(() => {
    ({ app: context } = testApp({ GRAPH_BASE_URL: `${graph.url}/v1.0` }));
  });
  beforeEach(() => {
    session = stubSession();
    graph.requests.length = 0;
  });
  return {
    graph,
    get session() {
      return session;
    },
    forward(path, init, { rows = permissions, own } = {}) {
      const api = graphApi(context.settings.graphBaseUrl, rows);
      return forward({ ...context, ...own }, request(path, init), session, api);
    },
    sent: () => graph.requests.map(({ method, url }) => `${method} ${url}`),
  };
}
