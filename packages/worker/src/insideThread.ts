/**
 * Under this key a thread of the thread executor knows that it is one. A module that starts a cluster
 * with threads while a thread imports it would start more, each of which would import it, and so on.
 */
export const insideThread: symbol = Symbol.for("@scaler-ts/worker/insideThread")

/** Whether this is a thread of the thread executor. */
export const isInsideThread = (): boolean => Reflect.get(globalThis, insideThread) === true
