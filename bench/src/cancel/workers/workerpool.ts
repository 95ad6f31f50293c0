/** The functions, as a thread of workerpool runs them. */
import { worker } from "workerpool"
import { awaitChild, blockOnChild, cleanUp, idle, type Input, spin } from "../functions.ts"

interface This {
  readonly worker: { readonly addAbortListener: (listener: () => Promise<void>) => void }
}

// Only what can put things in order registers a listener: it keeps the thread from being ended.
function cleanUpWhenAsked(this: This, input: Input): Promise<string> {
  const controller = new AbortController()
  const ended = cleanUp(input, controller.signal)
  this.worker.addAbortListener(async () => {
    controller.abort()
    await ended.catch(() => {})
  })
  return ended
}

worker({ spin, idle, blockOnChild, awaitChild, cleanUp: cleanUpWhenAsked })
