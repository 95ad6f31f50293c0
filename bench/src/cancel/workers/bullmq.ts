/** The functions, as a sandboxed processor of BullMQ runs them: in a process of its own. */
import type { SandboxedJob } from "bullmq"
import { call, type Input, type Name } from "../functions.ts"

const run = (
  job: SandboxedJob<Input>,
  _token?: string,
  signal?: AbortSignal,
): string | Promise<string> => call(job.name as Name, job.data, signal)

export default run
