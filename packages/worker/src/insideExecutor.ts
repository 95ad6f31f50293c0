/**
 * Under this key a thread or process that an executor has started knows that it is one. A module that
 * starts a cluster while such a one imports it would start more, each of which would import it, and so on.
 */
export const insideExecutor: symbol = Symbol.for("@scaler-ts/worker/insideExecutor")

/** Throws where an executor has started what this runs in: `one`, which was about to start `more`. */
export const refuseInside = (one: string, more: string): void => {
  if (Reflect.get(globalThis, insideExecutor) !== true) return
  throw new Error(
    `${one} that runs tasks was about to start ${more}: the module that defines its task does so ` +
      "when it is imported; move the tasks to a module of their own, which starts nothing",
  )
}
