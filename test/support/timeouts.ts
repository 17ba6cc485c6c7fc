import { keepAliveOpener, type Open } from "../../src/shared/net/open.ts";
import { type Send, wholeAnswers } from "../../src/shared/net/send.ts";

export interface Impatient {
  readonly open: Open;
  readonly send: Send;
  /** How long the time-outs were to be, in milliseconds. */
  readonly asked: number[];
}

/** Sends for real, with time-outs that come at once. */
export function impatientSender(): Impatient {
  const opener = keepAliveOpener();
  const asked: number[] = [];
  const open: Open = (url, request) => {
    asked.push(request.timeout);
    return opener(url, { ...request, timeout: 50 });
  };
  return { asked, open, send: wholeAnswers(open) };
}
