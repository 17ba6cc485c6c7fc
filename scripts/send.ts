import { keepAliveOpener } from "../src/shared/net/open.ts";
import { readProxy } from "../src/shared/net/proxy.ts";
import { type Send, wholeAnswers } from "../src/shared/net/send.ts";

let sender: Send | undefined;

/** Sends as the app does, through the proxy of the terminal's environment (`HTTPS_PROXY`, `NO_PROXY`). */
export const send: Send = (...request) => {
  sender ??= wholeAnswers(keepAliveOpener(undefined, readProxy(process.env).proxyEnv));
  return sender(...request);
};
