/** A clock, in milliseconds: since 1970, or since some moment where durations are meant. */
export type Clock = () => number;

/** @param milliseconds How long. @param signal Ends it before, with an error. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;
