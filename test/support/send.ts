import { keepAliveOpener } from "../../src/shared/net/open.ts";
import { type Send, wholeAnswers } from "../../src/shared/net/send.ts";

/** {@link keepAliveOpener}, for whole answers. */
export function keepAliveSender(...options: Parameters<typeof keepAliveOpener>): Send {
  return wholeAnswers(keepAliveOpener(...options));
}
