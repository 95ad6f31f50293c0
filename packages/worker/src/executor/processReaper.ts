/**
 * Ends the processes of an executor when the worker itself is gone.
 *
 * A process that listens notices that by its pipe; one that spins does not, and would spin for ever.
 * So a shell, which costs next to nothing, holds a pipe to the worker too: it is told of every group,
 * and ends those it knows when the pipe breaks, whatever broke it.
 */
import { type ChildProcess, spawn } from "node:child_process"

const script = `
groups=' '
while read -r what group; do
  case $what in
    +) groups="$groups$group " ;;
    -) case $groups in
      # Of one that is not there both ends would be all of it, and it would grow twofold.
      *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;;
    esac ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
`

export class ProcessReaper {
  private readonly shell: ChildProcess
  /** The groups that are there. */
  readonly groups: Set<number> = new Set()

  constructor() {
    // In a group of its own: what ends the worker's, such as Ctrl-C, is not to end it.
    this.shell = spawn("/bin/sh", ["-c", script], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    })
    // Without it everything works, but for that one case.
    this.shell.on("error", (error) => {
      process.emitWarning(`processes may outlive a worker that is killed: ${error.message}`)
    })
    this.shell.stdin?.on("error", () => {})
    this.shell.unref()
    unref(this.shell.stdin)
  }

  /** A group is there. */
  add(group: number): void {
    this.groups.add(group)
    this.shell.stdin?.write(`+ ${group}\n`)
  }

  /** Nobody of a group is left; its number may come to be somebody else's. */
  remove(group: number): void {
    this.groups.delete(group)
    this.shell.stdin?.write(`- ${group}\n`)
  }

  close(): void {
    this.shell.stdin?.end()
  }
}

/** Pipes are sockets in all but their type. */
export const unref = (pipe: object | null | undefined): void => {
  if (pipe !== null && pipe !== undefined && "unref" in pipe && typeof pipe.unref === "function") {
    pipe.unref()
  }
}
