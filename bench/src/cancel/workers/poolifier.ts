/** The functions, as a thread of poolifier runs them. It has no signal for them. */
import { ThreadWorker } from "poolifier"
import { call, type Input, names } from "../functions.ts"

export default new ThreadWorker<Input, string>(
  // It types every input as one that may be missing.
  Object.fromEntries(
    names.map((name) => [name, async (input?: Input) => call(name, input as Input)]),
  ),
)
