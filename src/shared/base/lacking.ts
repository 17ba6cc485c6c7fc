/** An object of which only a part is there. Reading anything else of it throws the reason. */
export function lacking<T extends object>(reason: unknown, there: Partial<T>): T {
  return new Proxy(there, {
    get(target, name) {
      if (!Object.hasOwn(target, name)) throw reason;
      return Reflect.get(target, name);
    },
  }) as T;
}
