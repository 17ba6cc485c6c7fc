import { keepAliveSender, type Send } from "../../src/shared/net/send.ts";

export interface Impatient {
  readonly send: Send;
  /** How long the time-outs were to be, in milliseconds. */
  readonly asked: number[];
}

/** Sends for real, with time-outs that come at once. */
export function impatientSender(): Impatient {
  const send = keepAliveSender();
  const asked: number[] = [];
  return {
    asked,
    send: (url, request) => {
      asked.push(request.timeout);
      return send(url, { ...request, timeout: 50 });
    },
  };
}
