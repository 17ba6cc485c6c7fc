import type { ReadableStream } from "node:stream/web";

/** Statuses whose answers have no body (Fetch Standard, null body status). */
export const WITHOUT_BODY: readonly number[] = [204, 205, 304];

/** The way back to a caller who is answered over HTTP: what goes there can be a stream. */
export interface Delivery {
  /** Sends status and headers. */
  begin(): void;
  /** Waits until there is room for more, or nobody there. */
  ready(): Promise<void>;
  /** Aborted when nobody waits for more. */
  readonly gone: AbortSignal;
  /** Ends it in the middle, so that nobody takes it for whole. */
  breakOff(): void;
}

/** How each part of a delivery is waited for, such as only while somebody is signed in. */
export type Awaiting = <T>(part: Promise<T>) => Promise<T>;

/**
 * A body at the pace of who reads it: the host's library would take all of it in at once. Whatever keeps it from its
 * end breaks it off.
 *
 * @param broken Told what did, unless it is that the caller has left.
 */
export function deliver(
  body: ReadableStream<Uint8Array>,
  { begin, ready, gone, breakOff }: Delivery,
  waiting: Awaiting = (part) => part,
  broken: (error: unknown) => void = () => {},
): AsyncIterable<Uint8Array> {
  async function* paced(): AsyncGenerator<Uint8Array> {
    const reader = body.getReader();
    const leave = () => void reader.cancel().catch(() => {});
    gone.addEventListener("abort", leave);
    try {
      begin();
      while (!gone.aborted) {
        await waiting(ready());
        const { done, value } = await waiting(reader.read());
        if (done) return;
        // A handler's stream may hold text, or what is nothing to send.
        yield value instanceof Uint8Array ? value : Buffer.from(value);
      }
    } catch (error) {
      if (!gone.aborted) broken(error);
      breakOff();
    } finally {
      gone.removeEventListener("abort", leave);
      leave();
    }
  }
  return paced();
}
