/**
 * Answers ZeroMQ when it asks whether a key may come in (RFC 27, ZAP). It asks at one place in each
 * process, so all hubs of a process are answered for here, each by a domain of its own.
 *
 * Where nobody answers, a hub that has a domain lets nobody in: ZeroMQ sees to that.
 */
import { setTimeout } from "node:timers/promises"
import { Reply } from "zeromq"
import { mayOversleep } from "./Pump.ts"
import { encodeKey } from "./z85.ts"

const place = "inproc://zeromq.zap.01"

/** How long apart one looks whether something is asked, where one has to. */
const lookMs = 20

/** Whether a public key may come in. */
export type IsAllowed = (publicKey: string) => boolean

const domains = new Map<string, IsAllowed>()
let socket: Reply | undefined
let settled: Promise<void> = Promise.resolve()

/** Begins to answer for a domain. Rejects where somebody else in this process answers already. */
export const answerFor = async (domain: string, isAllowed: IsAllowed): Promise<void> => {
  domains.set(domain, isAllowed)
  try {
    await settle()
  } catch (error) {
    domains.delete(domain)
    throw error
  }
}

/** Lets nobody into a domain any more, and resolves once the place is free if nothing else is to be answered. */
export const answerNoMore = (domain: string): Promise<void> => {
  domains.delete(domain)
  return settle()
}

/** One after the other: the place is taken by one at a time. */
const settle = (): Promise<void> => {
  settled = settled.catch(() => {}).then(openOrClose)
  return settled
}

const openOrClose = async (): Promise<void> => {
  const isWanted = domains.size > 0
  if (isWanted && socket === undefined) {
    socket = await open()
    void answer(socket)
  } else if (!isWanted && socket !== undefined) {
    const closing = socket
    socket = undefined
    // A closed socket keeps its place for a moment.
    await closing.unbind(place)
    closing.close()
  }
}

const open = async (): Promise<Reply> => {
  const opened = new Reply({ linger: 0 })
  try {
    await opened.bind(place)
    return opened
  } catch (cause) {
    opened.close()
    throw new Error(
      `something else in this process, such as another of its threads or another copy of this package, answers for ZeroMQ's keys at ${place}; listen with keys in one of them`,
      { cause },
    )
  }
}

const answer = async (from: Reply): Promise<void> => {
  try {
    while (!from.closed) {
      if (mayOversleep) await isReadable(from)
      const [version = "", id = "", domain, , , mechanism, credentials] = await from.receive()
      const key = keyOf(String(mechanism), credentials)
      const isIn = key !== undefined && domains.get(String(domain))?.(key) === true
      const verdict = isIn ? ["200", "OK", key] : ["400", "not allowed", ""]
      await from.send([version, id, ...verdict, ""])
    }
  } catch {
    // It was closed.
  }
}

/** Looks, and does not wait: nothing can be sent here to end a wait that goes on too long. */
const isReadable = async (from: Reply): Promise<void> => {
  while (!from.closed && !from.readable) await setTimeout(lookMs)
}

const keyOf = (mechanism: string, credentials: Buffer | undefined): string | undefined =>
  mechanism === "CURVE" && credentials?.length === 32 ? encodeKey(credentials) : undefined
