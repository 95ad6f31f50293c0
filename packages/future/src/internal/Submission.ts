/** What a client says of a task when it submits it. */
import {
  type Limits,
  type Message,
  TaskId,
  type TaskNumber,
  Traceparent,
  Values,
  Wire,
} from "@scaler-ts/protocol"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { Checked } from "@scaler-ts/runtime"
import type { Fiber } from "effect/Fiber"
import type { AttachOptions, SubmitOptions } from "../Client.ts"
import { InputRefused, InvalidTaskId } from "../FutureError.ts"
import { FutureEntry, type Hooks } from "./FutureEntry.ts"

export interface Submission extends Pick<
  Message.Task,
  | "name"
  | "input"
  | "priority"
  | "capabilities"
  | "timeoutMs"
  | "attemptsMax"
  | "graceMs"
  | "wantsOutput"
  | "traceparent"
> {
  readonly detached: boolean
}

const noCapabilities: Readonly<Record<string, number>> = {}

export const toMessage = (task: TaskNumber, submission: Submission): Message.Task => ({
  _tag: "Task",
  task,
  attempt: 0,
  name: submission.name,
  input: submission.input,
  priority: submission.priority,
  capabilities: submission.capabilities,
  timeoutMs: submission.timeoutMs,
  attemptsMax: submission.attemptsMax,
  traceparent: submission.traceparent,
  graceMs: submission.graceMs,
  wantsOutput: submission.wantsOutput,
  depth: 0,
})

/** How long an attempt may run; on the wire 0 is no limit. Throws a `RangeError` for what nobody can mean. */
export const timeoutOf = ({ timeoutMs = Infinity }: SubmitOptions): number => {
  const limitMs = Checked.milliseconds("timeoutMs", timeoutMs)
  // A limit of nothing at all still has to be one.
  return limitMs === Infinity ? 0 : Math.max(limitMs, 1)
}

/** How many attempts there may be. Throws as `timeoutOf` does. */
export const attemptsOf = ({ attemptsMax = Wire.attemptsMaxDefault }: SubmitOptions): number =>
  Checked.wholeFromOne("attemptsMax", attemptsMax)

/** How long the function may take to stop, if its worker is not to say. Throws as `timeoutOf` does. */
export const graceOf = ({ graceMs }: SubmitOptions): number | undefined => {
  if (graceMs === undefined) return undefined
  // The wire carries finite numbers only.
  return Math.min(Checked.milliseconds("graceMs", graceMs), Number.MAX_SAFE_INTEGER)
}

/** Which tasks it goes before. Throws as `timeoutOf` does. */
export const priorityOf = ({ priority = 0 }: SubmitOptions): number =>
  Checked.finite("priority", priority)

/** What it needs of its worker. Throws as `timeoutOf` does. */
export const capabilitiesOf = ({
  capabilities = noCapabilities,
}: SubmitOptions): Submission["capabilities"] =>
  capabilities === noCapabilities
    ? noCapabilities
    : Checked.quantities("capabilities", capabilities)

const traceparentOf = ({ traceparent }: SubmitOptions): string =>
  traceparent === undefined ? "" : Traceparent.normal(traceparent)

/** The options of who submits within a span, to whose trace the task belongs unless they name another. */
export const within = <Options extends SubmitOptions>(
  { cache: { span } }: Fiber<unknown, unknown>,
  options: Options,
): Options =>
  span === undefined || options.traceparent !== undefined
    ? options
    : { ...options, traceparent: Traceparent.format(span) }

const either = [false, true] as const

const utf8 = new TextEncoder()

/**
 * The name of a task. Throws for what is no task, and for a name that no frame can carry: sent all the
 * same, it would cost the client its session.
 */
export const nameOf = (task: unknown, { textBytesMax }: Limits): string => {
  const name: unknown = typeof task === "object" && task !== null && "name" in task && task.name
  if (typeof name !== "string") {
    throw new TypeError(
      "not a task: pass one of those that defineTasks returned, such as tasks.render",
    )
  }
  // No character takes more than three bytes.
  if (3 * name.length <= textBytesMax) return name
  const { length } = utf8.encode(name)
  if (length <= textBytesMax) return name
  throw new RangeError(
    `the name of the task is ${length} bytes long, and ${textBytesMax} are allowed; give it a shorter ` +
      `one, or every side a larger textBytesMax`,
  )
}

/** Why nothing can be attached to by that id: it is none. */
export const wrongId = (id: unknown): InvalidTaskId | undefined => {
  if (typeof id !== "string") return new InvalidTaskId(Values.shown(id))
  return TaskId.parse(id) === undefined
    ? new InvalidTaskId(JSON.stringify(id.slice(0, 200)))
    : undefined
}

/** Encodes the input; throws as `nameOf`, `timeoutOf` and the like do. */
export const submissionOf = <Input, A>(
  task: TaskDefinition<Input, A>,
  input: Input,
  options: SubmitOptions,
  limits: Limits,
): Submission | InputRefused => {
  const name = nameOf(task, limits)
  let bytes: Uint8Array
  try {
    bytes = Values.encode(input, "input", limits)
  } catch (error) {
    if (isFuture(input)) {
      return new InputRefused(name, "input", "it is a future; await it and send its value")
    }
    // `encode` throws nothing else (R28).
    const { path, reason } = error as Values.UnsupportedValue
    return new InputRefused(name, path, reason)
  }
  return {
    name,
    input: bytes,
    priority: priorityOf(options),
    capabilities: capabilitiesOf(options),
    timeoutMs: timeoutOf(options),
    attemptsMax: attemptsOf(options),
    graceMs: graceOf(options),
    wantsOutput: options.onLog !== undefined,
    traceparent: traceparentOf(options),
    detached: Checked.oneOf("detached", options.detached ?? false, either),
  }
}

/** Safe for input of any kind: a proxy may throw when it is asked. */
const isFuture = (input: unknown): boolean => {
  try {
    return input instanceof FutureEntry
  } catch {
    return false
  }
}

export const hooksOf = ({ onProgress, onLog }: AttachOptions): Hooks | undefined =>
  onProgress === undefined && onLog === undefined ? undefined : { onProgress, onLog }
