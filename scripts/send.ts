import { keepAliveOpener } from "../src/shared/net/open.ts";
import { type Send, wholeAnswers } from "../src/shared/net/send.ts";

let sender: Send | undefined;

/** Sends as the app does, through the proxy of the terminal's environment (`HTTPS_PROXY`, `NO_PROXY`). */
export const send: Send = (...request) => {
  sender ??= wholeAnswers(keepAliveOpener(undefined, process.env));
  return sender(...request);
};
