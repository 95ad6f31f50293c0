/** What the tasks of a storm wrote: one file, whose order is the order in which they wrote. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs"

/** One line of a task, and how much had been written before it. */
interface Mark {
  readonly what: string
  readonly at: number
}

/** Whether a line is the first of a task: where it runs. */
export const hasBegun = (what: string): boolean => what.includes("/task/")

export class StormLog {
  readonly file: string
  private readonly fd: number
  private readonly marks = new Map<number, Array<Mark>>()
  private end = 0
  private rest = ""

  constructor(file: string) {
    this.file = file
    this.fd = openSync(file, "a+")
  }

  /** Reads what has been written since. Returns how much there is in all. */
  read(): number {
    const { size } = fstatSync(this.fd)
    const bytes = Buffer.alloc(size - this.end)
    for (let at = 0; at < bytes.length;) {
      at += readSync(this.fd, bytes, at, bytes.length - at, this.end + at)
    }
    let at = this.end - this.rest.length
    const lines = (this.rest + bytes.toString("latin1")).split("\n")
    this.rest = lines.pop() ?? ""
    this.end = size
    for (const line of lines) {
      const [id = "", ...what] = line.split(" ")
      this.of(Number(id)).push({ what: what.join(" "), at })
      at += line.length + 1
    }
    return size
  }

  /** What a task has written, as far as it has been read. */
  of(id: number): Array<Mark> {
    const marks = this.marks.get(id) ?? []
    this.marks.set(id, marks)
    return marks
  }

  /** Where a task has said that it runs, and what it has started. */
  whereaboutsOf(id: number): ReadonlyArray<string> {
    return this.of(id).flatMap(({ what }) => {
      const child = /^child (\d+)$/.exec(what)?.[1]
      if (child !== undefined) return [`${child}/task/${child}`]
      return hasBegun(what) ? [what] : []
    })
  }

  close(): void {
    closeSync(this.fd)
  }
}
