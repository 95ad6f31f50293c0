/** What a setting's text may be, and what it means. One parser each: flags, variables and files say the same. */
import { parseDuration } from "../duration.ts"

/** Reads a text. Throws a sentence without its beginning: `; give a whole number from 1 up`. */
export interface Kind<A> {
  readonly metavar: string
  readonly parse: (text: string) => A
  /** How a value of it is written. */
  readonly write: (value: A) => string
}

/** A text that a kind does not take; `message` says what to give. */
export class NotTaken extends Error {}

export const text: Kind<string> = {
  metavar: "<text>",
  parse: (given) => {
    if (given === "") throw new NotTaken("give some text")
    return given
  },
  write: (value) => value,
}

export const file: Kind<string> = { ...text, metavar: "<file>" }
export const address: Kind<string> = {
  ...text,
  metavar: "<address>",
  parse: (given) => {
    if (/^(tcp|ipc):\/\/./.test(given)) return given
    throw new NotTaken("give tcp://host:port or ipc://path")
  },
}

/** `host:port`, the host being this machine where none is written. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

export const hostPort: Kind<HostPort> = {
  metavar: "<host:port>",
  parse: (given) => {
    const match = /^(?:(.*):)?(\d+)$/.exec(given)
    const port = Number(match?.[2])
    if (match === null || port > 65_535)
      throw new NotTaken("give host:port, such as 127.0.0.1:9464, or a port")
    return { host: match[1] === undefined || match[1] === "" ? "127.0.0.1" : match[1], port }
  },
  write: ({ host, port }) => `${host}:${port}`,
}

export const wholeFrom = (min: number): Kind<number> => ({
  metavar: "<n>",
  parse: (given) => {
    const value = Number(given)
    if (/^\d+$/.test(given) && Number.isSafeInteger(value) && value >= min) return value
    throw new NotTaken(`give a whole number from ${min} up`)
  },
  write: String,
})

/** Milliseconds. */
export const duration: Kind<number> = {
  metavar: "<duration>",
  parse: (given) => {
    try {
      return parseDuration(given, "it")
    } catch {
      throw new NotTaken("give a number and a unit, such as 500ms, 30s, 2m or 1h")
    }
  },
  write: (ms) => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`),
}

export const yesNo: Kind<boolean> = {
  metavar: "",
  parse: (given) => {
    if (/^(true|yes|on|1)$/i.test(given)) return true
    if (/^(false|no|off|0)$/i.test(given)) return false
    throw new NotTaken("give true or false")
  },
  write: String,
}

export const oneOf = <const Choice extends string>(
  choices: ReadonlyArray<Choice>,
): Kind<Choice> => ({
  metavar: `<${choices.join("|")}>`,
  parse: (given) => {
    const choice = choices.find((one) => one === given)
    if (choice !== undefined) return choice
    throw new NotTaken(`give ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`)
  },
  write: (value) => value,
})

/** Quantities by name: `gpu=1,memory=2.5`. */
export const quantities: Kind<Readonly<Record<string, number>>> = {
  metavar: "<name=n,…>",
  parse: (given) => {
    if (given.trim() === "") return {}
    const pairs = given.split(",").map((pair): readonly [string, number] => {
      const [name = "", amount = "", ...rest] = pair.split("=").map((part) => part.trim())
      const value = Number(amount)
      if (name === "" || amount === "" || rest.length > 0 || !(value > 0) || value === Infinity) {
        throw new NotTaken("give names with positive quantities, such as gpu=1,memory=2.5")
      }
      return [name, value]
    })
    return Object.fromEntries(pairs)
  },
  write: (value) =>
    Object.entries(value)
      .map(([name, amount]) => `${name}=${amount}`)
      .join(","),
}
