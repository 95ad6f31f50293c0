import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"

declare const Deno: {
  readonly writeTextFileSync: (path: string, text: string, options: object) => void
}

/** Writes for as long as it is there. */
const mark = (file: string): void => Deno.writeTextFileSync(file, "x", { append: true })

export const tasks = defineTasks(import.meta.url, {
  sqrt: (x: number) => Math.sqrt(x),
  bytes: (bytes: Uint8Array) => bytes.map((byte) => byte + 1),
  obey: (_: undefined, { signal, log }: TaskContext) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason))
      log("waiting")
    }),
  finalize: (_: undefined, { log }: TaskContext) =>
    Effect.ensuring(
      Effect.andThen(
        Effect.sync(() => log("waiting")),
        Effect.never,
      ),
      Effect.sync(() => log("finalized")),
    ),
  ignore: (file: string, { log }: TaskContext) => {
    setInterval(() => mark(file), 1)
    log("waiting")
    return new Promise(() => {})
  },
  /** Stops when it is asked, and leaves a timer behind that goes on. */
  leaveTimer: (file: string, { signal, log }: TaskContext) => {
    setInterval(() => mark(file), 1)
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason))
      log("waiting")
    })
  },
  crash: () => {
    setTimeout(() => {
      throw new Error("thrown outside")
    })
    return new Promise(() => {})
  },
  spin: (_: undefined, { log }: TaskContext) => {
    log("waiting")
    for (;;);
  },
})
