/** `scaler-ts keys`: makes a pair of keys, or shows that there is one, and puts it on a list. */
import { AllowedKeys, KeyFileFailed, ZmqKeys } from "@scaler-ts/adapter-zmq"
import type { Admission } from "@scaler-ts/protocol"
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { CommandError, type ExitCode, exitCodes } from "../CommandError.ts"
import type { Invocation } from "../invocation.ts"

export interface KeysArguments {
  readonly file: string
  /** The list it is put on. */
  readonly allow: string | undefined
  /** As what. */
  readonly roles: ReadonlyArray<Admission.Role>
  readonly name: string
}

export const keys = async (args: KeysArguments, invocation: Invocation): Promise<ExitCode> => {
  if ((args.allow === undefined) !== (args.roles.length === 0)) {
    throw new CommandError(
      args.allow === undefined
        ? "--role says as what somebody is let in; name the list, too, with --allow <file>."
        : "As what? Give --role client, --role worker or --role operator, more than one if you like.",
    )
  }
  try {
    return make(args, invocation)
  } catch (error) {
    if (error instanceof KeyFileFailed)
      throw new CommandError(`${error.message}.`, exitCodes.usage, error)
    const code = error instanceof Error && "code" in error ? error.code : undefined
    if (code === undefined) throw error
    throw new CommandError(`The files could not be written: ${(error as Error).message}.`, exitCodes.failure, error) // oxfmt-ignore
  }
}

const make = (
  { allow, file, name, roles: asked }: KeysArguments,
  { out }: Invocation,
): ExitCode => {
  const isNew = !existsSync(file)
  const pair = isNew ? ZmqKeys.generate() : ZmqKeys.read(file)
  if (isNew) {
    const publicFile = ZmqKeys.write(pair, file)
    out.say(`${file} has the secret key, which only you can read; give ${publicFile} to whoever has to know you.`) // oxfmt-ignore
  }
  const { publicKey } = pair
  const added = allow === undefined ? [] : addTo(allow, asked, { publicKey, name })
  for (const role of added) out.say(`${allow}: let in as ${role}.`)
  out.line(publicKey)
  out.record("keys", { publicKey, file, isNew, allowed: added })
  return exitCodes.success
}

/** Whether the last line of a file that somebody has written has no end: what is added would be a part of it. */
const isOpenEnded = (file: string): boolean =>
  existsSync(file) && /[^\n]$/.test(readFileSync(file, "utf8"))

/** Adds what is not there yet. A scheduler reads its list when it starts. */
const addTo = (
  list: string,
  asked: KeysArguments["roles"],
  who: { readonly publicKey: string; readonly name: string },
): KeysArguments["roles"] => {
  const entries = existsSync(list) ? AllowedKeys.read(list) : []
  const added = asked.filter(
    (role) => !entries.some((entry) => entry.role === role && entry.publicKey === who.publicKey),
  )
  const lines = added.map((role) => `${AllowedKeys.lineOf({ role, ...who })}\n`).join("")
  if (lines !== "") appendFileSync(list, isOpenEnded(list) ? `\n${lines}` : lines)
  return added
}
