/**
 * The fences of a page, and what of them can be run.
 *
 * - `ts`: a program, or with a comment `// name.ts` in its first line a file of one. Several in a row
 *   are one program, and the last is run.
 * - `sh`: commands, run in the folder of the files before it. `sh next`: more of them, for the same shell.
 *   `sh by-hand`: not run, because it takes minutes or a network; but what it names has to exist.
 * - `text`: after a program or commands, what they print; `…` stands for what differs from run to
 *   run. Anywhere else a layout or a diagram, which is not run.
 * - `json`: JSON, as a whole or line by line.
 */
export interface Fence {
  readonly language: string
  /** What follows the language. */
  readonly info: string
  readonly text: string
  /** The line it begins in, from 1. */
  readonly line: number
}

/** A program to run, and what the page shows of it. */
export interface Program {
  readonly line: number
  readonly files: ReadonlyMap<string, string>
  /** What runs it: a shell's commands, or else the last file. */
  readonly commands: string | undefined
  /** Whether the shell of the program before goes on with them. */
  readonly isNext: boolean
  readonly main: string
  readonly output: string | undefined
}

export const languages: ReadonlyArray<string> = ["ts", "sh", "text", "json"]

const opening = /^(\s*)(`{3,}|~{3,})\s*(\S*)\s*(.*)$/

/** Every fence of a page; throws for one that is never closed. */
export const fences = (markdown: string): ReadonlyArray<Fence> => {
  const found: Array<Fence> = []
  const lines = markdown.split("\n")
  for (let at = 0; at < lines.length; at++) {
    const [, indent = "", marks = "", language = "", info = ""] =
      opening.exec(lines[at] ?? "") ?? []
    if (marks === "") continue
    const end = lines.findIndex((line, i) => i > at && line.trim() === marks)
    if (end < 0) throw new Error(`the fence of line ${at + 1} is never closed`)
    const text = lines.slice(at + 1, end).map((line) => `${line.slice(indent.length)}\n`)
    found.push({ language, info, text: text.join(""), line: at + 1 })
    at = end
  }
  return found
}

/** The programs of a page, each with the output that follows it. */
export const programs = (all: ReadonlyArray<Fence>): ReadonlyArray<Program> => {
  const found: Array<Program> = []
  let open: Program | undefined
  const close = (output: string | undefined): void => {
    if (open !== undefined) found.push({ ...open, output })
    open = undefined
  }
  for (const { language, info, text, line } of all) {
    if (language === "ts") {
      if (open?.commands !== undefined) close(undefined)
      const main = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1] ?? "main.ts"
      const files = new Map([...(open?.files ?? []), [main, text]])
      open = { line, files, main, commands: undefined, isNext: false, output: undefined }
    } else if (language === "sh" && info !== "by-hand") {
      if (open?.commands !== undefined) close(undefined)
      const { files = new Map(), main = "" } = open ?? {}
      open = { line, files, main, commands: text, isNext: info === "next", output: undefined }
    } else close(language === "text" ? text : undefined)
  }
  close(undefined)
  return found
}

/** Whether something was printed as a page shows it. */
export const isAsShown = (printed: string, shown: string): boolean => {
  const literal = shown.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
  return new RegExp(`^${literal.replaceAll("…", ".+")}$`).test(printed)
}

/** What of commands that are not run does not exist. */
export const missing = (
  commands: string,
  has: { readonly script: (name: string) => boolean; readonly file: (path: string) => boolean },
): ReadonlyArray<string> =>
  commands
    .split("\n")
    .flatMap((line) => line.replace(/(^|\s)#.*$/, "").split("&&"))
    .map((command) => command.trim())
    .filter((command) => {
      const [program = "", ...args] = command.split(/\s+/)
      if (program === "npm") {
        const [verb = "", name = ""] = args.filter((arg) => !arg.startsWith("-"))
        return !has.script(verb === "run" ? name : verb)
      }
      if (program === "node") return !has.file(args.find((arg) => !arg.startsWith("-")) ?? "")
      return !["", "git", "cd"].includes(program)
    })
