// What shells complete by the scripts that `completions` prints.
import { spawnSync } from "node:child_process"
import { afterAll, assert, describe, it } from "vitest"
import { said } from "./inProcess.ts"
import { Directory } from "./support.ts"

const directory = new Directory({ "tasks.ts": "", "own.toml": "" })
afterAll(() => directory[Symbol.dispose]())

const commands = ["submit", "call", "map", "result", "logs", "cancel", "scheduler", "worker", "dev", "top", "status", "tasks", "workers", "drain", "config", "keys", "bench", "replay", "completions"] // oxfmt-ignore

/** What is written until somebody presses Tab, and what may come there. */
const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["scaler-ts ", commands],
  ["scaler-ts st", ["status"]],
  ["scaler-ts map --wi", ["--within"]],
  ["scaler-ts tasks --state re", ["recalling"]],
  ["scaler-ts completions f", ["fish"]],
  ["scaler-ts worker ./ta", ["./tasks.ts"]],
  ["scaler-ts call ta", ["tasks.ts"]],
  ["scaler-ts submit ta", []],
  ["scaler-ts status --config ow", ["own.toml"]],
]

type Shell = "bash" | "zsh" | "fish" | "powershell"

const scriptOf = async (shell: Shell): Promise<string> => {
  const { code, stdout } = await said(["completions", shell])
  assert.strictEqual(code, 0)
  return stdout
}

/** What the shell says; `undefined` where it is not installed. */
const asked = (program: string, args: ReadonlyArray<string>, input = ""): string | undefined => {
  const { error, status, stderr, stdout } = spawnSync(program, args, {
    input,
    encoding: "utf8",
    cwd: directory.path,
    env: { ...process.env, HOME: directory.path, XDG_CONFIG_HOME: directory.path },
  })
  if (error !== undefined && "code" in error && error.code === "ENOENT") return undefined
  assert.deepStrictEqual([status, stderr], [0, ""])
  return stdout
}

/** Per line that `cases` has, what it is completed to. */
const completed = (stdout: string): ReadonlyArray<ReadonlyArray<string>> =>
  stdout
    .split("==\n")
    .slice(0, -1)
    .map((words) => words.split("\n").filter((word) => word !== ""))

const assertComplete = (stdout: string): void => {
  const found = completed(stdout)
  assert.strictEqual(found.length, cases.length)
  for (const [at, [line, words]] of cases.entries())
    assert.sameMembers([...(found[at] ?? [])], [...words], line)
}

const quoted = (text: string): string => `'${text}'`

describe("completions", () => {
  // Bash is wherever these tests run.
  it("bash completes commands, flags, their values and files", async () => {
    const ask = `ask() {
      COMP_WORDS=($1); [[ $1 == *" " ]] && COMP_WORDS+=("")
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMP_LINE=$1; COMP_POINT=\${#1}; COMPREPLY=()
      local registered; registered=$(complete -p scaler-ts); registered=\${registered##*-F }
      \${registered%% *} scaler-ts "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "\${COMPREPLY[@]}" ==
    }`
    const lines = cases.map(([line]) => `ask ${quoted(line)}`)
    const stdout = asked("bash", ["--norc"], [await scriptOf("bash"), ask, ...lines, ""].join("\n"))
    assertComplete(stdout ?? "")
  })

  it("fish completes the same where it is installed", async () => {
    const script = await scriptOf("fish")
    for (const name of commands) assert.include(script, `-a '${name}'`)
    directory.write("scaler-ts.fish", script)
    const lines = cases.map(
      ([line]) => `complete -C ${quoted(line)} | string replace -r '\\t.*' ''; echo ==`,
    )
    const stdout = asked("fish", ["-c", ["source scaler-ts.fish", ...lines].join("\n")])
    if (stdout !== undefined) assertComplete(stdout)
  })

  it("zsh and PowerShell take theirs where they are installed", async () => {
    const scripts = [await scriptOf("zsh"), await scriptOf("powershell")] as const
    for (const script of scripts) for (const name of commands) assert.include(script, name)
    assert.match(scripts[0], /--config.*:_files/)
    asked("zsh", ["-n"], scripts[0])
    asked("pwsh", ["-NoProfile", "-Command", "-"], scripts[1])
  })

  it("say how they are installed by what can be typed", async () => {
    const scripts = [await scriptOf("zsh"), await scriptOf("fish")]
    for (const script of scripts) assert.match(script, /^# +scaler-ts completions (zsh|fish) > /m)
  })
})
