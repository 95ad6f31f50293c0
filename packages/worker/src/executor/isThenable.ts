/** Whether a value can be awaited. Looking may run somebody's code, and throw. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"
