/**
 * Who may come in, as a text file has it: one line for each, with its role (`client`, `worker` or
 * `operator`), its public key, and, if one likes, whose that is. Empty lines and those that begin with `#`
 * say nothing. Who may be two things has two lines.
 *
 * The functions that read throw `KeyFileFailed`, which names the line.
 */
import type { Admission } from "@scaler-ts/protocol"
import { readText } from "./internal/keyFile.ts"
import { isKey } from "./internal/z85.ts"
import { KeyFileFailed } from "./KeyFileFailed.ts"

/** One line of such a file. */
export interface Entry {
  readonly role: Admission.Role
  readonly publicKey: string
  /** Whose key it is; empty where nobody says. */
  readonly name: string
}

/** The line that lets somebody in, without its end: one line, whatever the name has in it. */
export const lineOf = ({ role, publicKey, name }: Entry): string =>
  `${role} ${publicKey} ${name.replace(/\s+/g, " ")}`.trimEnd()

/** The entries of a text, in its order. `file` is what an error calls it. */
export const parse = (text: string, file: string): ReadonlyArray<Entry> =>
  text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return []
    const [role = "", publicKey = "", ...name] = line.trim().split(/\s+/)
    const wrong = (what: string) => new KeyFileFailed(file, `line ${index + 1}: ${what}`)
    if (!isRole(role)) {
      throw wrong(`"${role}" is no role; begin with ${roles.join(", ")}, or # for a comment`)
    }
    if (!isKey(publicKey)) {
      throw wrong(`"${publicKey}" is no public key; give the 40 characters of a .pub file`)
    }
    return [{ role, publicKey, name: name.join(" ") }]
  })

/** The entries of a file. */
export const read = (file: string): ReadonlyArray<Entry> => parse(readText(file), file)

/** The keys of entries by their roles, as `allowed` and `Admission.listedKeys` take them. */
export const listed = (entries: ReadonlyArray<Entry>): Admission.ListedKeys => {
  const keysOf = (role: Admission.Role): ReadonlyArray<string> =>
    entries.filter((entry) => entry.role === role).map(({ publicKey }) => publicKey)
  return { clients: keysOf("client"), workers: keysOf("worker"), operators: keysOf("operator") }
}

const roles: ReadonlyArray<string> = [
  "client",
  "worker",
  "operator",
] satisfies Array<Admission.Role>

const isRole = (text: string): text is Admission.Role => roles.includes(text)
