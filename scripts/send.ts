import { keepAliveSender, type Send } from "../src/shared/net/send.ts";

let sender: Send | undefined;

/** As the app sends, by the proxy that the terminal's environment names (`HTTPS_PROXY`, `NO_PROXY`). */
export const send: Send = (...request) => {
  sender ??= keepAliveSender(undefined, process.env);
  return sender(...request);
};
