/**
 * The results of what was begun at once. Waits for all of it, also where one fails: nothing of it goes on behind the
 * caller's back.
 *
 * @throws what the first of them does, in their order.
 */
export async function allOf<T extends readonly unknown[] | []>(
  begun: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(begun);
  return await Promise.all(begun);
}
