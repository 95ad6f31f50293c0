import { afterAll, assert, describe, it } from "vitest"
import { Directory, fixture, scaler } from "./support.ts"

const directory = new Directory({
  "1.txt": "1",
  "broken.ts": "export const tasks = (\n  1 +\n",
  "importsNothing.ts": 'import "./gone.ts"\n',
})
afterAll(() => directory[Symbol.dispose]())

const tasks = fixture("tasks.ts")

interface Case {
  readonly name: string
  readonly args: ReadonlyArray<string>
  readonly code: number
  readonly env?: Record<string, string>
  readonly says: ReadonlyArray<string>
}

const cases: ReadonlyArray<Case> = [
  {
    name: "an unknown command is named, with the one that was meant",
    args: ["mpa"],
    code: 2,
    says: ['"mpa"', "Did you mean map?", '"scaler-ts --help"'],
  },
  {
    name: "no slots at all are too few",
    args: ["map", `${tasks}#describe`, "1.txt", "--slots", "0"],
    code: 2,
    says: ["--slots 0 is too small; give 1 or more."],
  },
  {
    name: "a cluster has slots of its own",
    args: ["map", "describe", "1.txt", "--slots", "2"],
    code: 2,
    says: ["--slots is for a task that runs here, such as ./tasks.ts#compress"],
  },
  {
    name: "a duration without unit is refused with examples",
    args: ["map", `${tasks}#describe`, "1.txt", "--within", "30"],
    code: 2,
    says: ['--within "30" is not a duration', "such as 500ms, 30s, 2m or 1h."],
  },
  {
    name: "a module that is not there is named",
    args: ["map", "./gone.ts#describe", "1.txt"],
    code: 2,
    says: ["There is no module ./gone.ts in", "such as ./tasks.ts."],
  },
  {
    name: "a reference without module is explained",
    args: ["map", "#describe", "1.txt"],
    code: 2,
    says: ['"#describe" names no module', "such as ./tasks.ts#compress."],
  },
  {
    name: "without a task the module's tasks are listed",
    args: ["map", tasks, "1.txt"],
    code: 2,
    says: ["Its tasks are obey, describe; write", "tasks.ts#obey"],
  },
  {
    name: "an unknown task is answered with the one that was meant",
    args: ["map", `${tasks}#descrbe`, "1.txt"],
    code: 2,
    says: ['has no task "descrbe". Did you mean describe?', "tasks.ts#describe."],
  },
  {
    name: "a module without tasks says what it exports instead",
    args: ["map", `${fixture("noTasks.ts")}#run`, "1.txt"],
    code: 2,
    says: ["exports no tasks: it exports answer (number), run (function).", "defineTasks"],
  },
  {
    name: "a module that throws on import says what and where",
    args: ["map", `${fixture("throws.ts")}#run`, "1.txt"],
    code: 1,
    says: ["TypeError: no configuration", "fixtures/throws.ts:2:", "Mend the module"],
  },
  {
    name: "a task that is no function is named, at its own place",
    args: ["map", `${fixture("wrongTask.ts")}#square`, "1.txt"],
    code: 1,
    says: ['"square" is of type number, not a function', "fixtures/wrongTask.ts:3:"],
  },
  {
    name: "a module that does not parse says where",
    args: ["map", "broken.ts#run", "1.txt"],
    code: 1,
    says: ["broken.ts throws when it is imported: SyntaxError", "(at broken.ts:"],
  },
  {
    name: "a module whose own import is missing says which",
    args: ["map", "importsNothing.ts#run", "1.txt"],
    code: 1,
    says: ["Cannot find module", "gone.ts"],
  },
  {
    name: "a pattern that matches nothing is shown",
    args: ["map", `${tasks}#describe`, "1.txt", "*.none"],
    code: 2,
    says: ["No file matches '*.none' in", "check the pattern"],
  },
  {
    name: "a file that is not there is named",
    args: ["map", `${tasks}#describe`, "2.txt"],
    code: 2,
    says: ["There is no file 2.txt in", "check the path."],
  },
  {
    name: "a module where a task's name is meant is answered with how to name its task",
    args: ["call", tasks],
    code: 2,
    says: ["tasks.ts is a file; write it, #, and the name of one of its tasks"],
  },
  {
    name: "what is no id is no task to wait for",
    args: ["result", "nonsense"],
    code: 2,
    says: ['"nonsense" is no id of a task; "scaler-ts tasks" lists'],
  },
  {
    name: "what was submitted is not known without a home",
    args: ["cancel", "--mine"],
    code: 1,
    env: { HOME: "", XDG_STATE_HOME: "" },
    says: ["What you have submitted is not known here: neither HOME nor XDG_STATE_HOME is set."],
  },
  {
    name: "what was submitted is not known where it cannot be read",
    args: ["cancel", "--mine"],
    code: 1,
    env: { XDG_STATE_HOME: fixture("tasks.ts") },
    says: ["What you have submitted is not known here", "ENOTDIR"],
  },
  {
    name: "no lines at all are too few",
    args: ["top", "--count", "0"],
    code: 2,
    says: ["--count 0 is too small; give 1 or more."],
  },
  {
    name: "a directory is answered with the pattern for its files",
    args: ["map", `${tasks}#describe`, "."],
    code: 2,
    says: [". is a directory; write './**/*' for the files in it."],
  },
]

describe("a mistake is answered on stderr, with what to do next", () => {
  for (const { args, code, env, name, says } of cases) {
    it.concurrent(name, async () => {
      const result = await scaler(directory.path, args, env)
      for (const text of says) assert.include(result.stderr, text)
      assert.strictEqual(result.code, code)
      assert.strictEqual(result.stdout, "")
      assert.notMatch(result.stderr, /^\s+at /m, "no stack trace")
    })
  }
})

it.concurrent.each<[ReadonlyArray<string>, Record<string, string>]>([
  [["--log-level", "debug"], {}],
  [[], { SCALER_LOG_LEVEL: "debug" }],
])("with %j and %j the stack is shown beside the sentence", async (flags, env) => {
  const args = ["map", `${fixture("throws.ts")}#run`, "1.txt", ...flags]
  const { code, stderr } = await scaler(directory.path, args, env)
  assert.strictEqual(code, 1)
  assert.match(stderr, /^scaler-ts: .*TypeError: no configuration/)
  assert.match(stderr, /^CommandError: .*\n[^]*^ +at importModule /m)
  assert.match(stderr, /\[cause\]: TypeError: no configuration\n +at .*throws\.ts:2:/)
})
