/**
 * Under this key a thread or process that an executor has started knows that it is one. A module that
 * starts a cluster while such a one imports it would start more, each of which would import it, and so on.
 */
export const insideExecutor: symbol = Symbol.for("@scaler-ts/worker/insideExecutor")

/** Whether this is a thread or process that an executor has started to run tasks. */
export const isInsideExecutor = (): boolean => Reflect.get(globalThis, insideExecutor) === true
