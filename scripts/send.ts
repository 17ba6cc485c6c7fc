import { keepAliveSender, type Send } from "../src/shared/net/send.ts";

let sender: Send | undefined;

/** Sends as the app does, through the proxy of the terminal's environment (`HTTPS_PROXY`, `NO_PROXY`). */
export const send: Send = (...request) => {
  sender ??= keepAliveSender(undefined, process.env);
  return sender(...request);
};
