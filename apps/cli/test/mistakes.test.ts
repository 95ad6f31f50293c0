// Mistakes in the command line that are found before anything is run: in this process, for there are many.
import { assert, describe, it } from "vitest"
import { said } from "./inProcess.ts"

const seeMap = 'Run "scaler-ts map --help" to see what it takes.'
const seeAll = 'Run "scaler-ts --help" to see what it takes.'

describe("what was meant", () => {
  it.each<[string, ...ReadonlyArray<string>]>([
    ["map x 1.txt --jsn", "--jsn", "Did you mean --json?", seeMap],
    ["map x 1.txt --wihtin 3s", "--wihtin", "Did you mean --within?", seeMap],
    ["status --halp", "--halp", "Did you mean --help?", 'Run "scaler-ts status --help"'],
    ["--vesion", "--vesion", "Did you mean --version?", seeAll],
    ["--halp", "--halp", "Did you mean --help?", seeAll],
    ["statsu", '"statsu"', "Did you mean status?", seeAll],
    ["versoin", '"versoin"', "Did you mean version?", seeAll],
    ["hlep map", '"hlep"', "Did you mean help?", seeAll],
    ["help mpa", '"mpa"', "Did you mean map?", seeAll],
    ["mpa --help", '"mpa"', "Did you mean map?", seeAll],
    ["tasks --state runing", '"runing"', "Did you mean running?"],
    ["--json status", "A command's flags go after its name: scaler-ts status --json …"],
    ["--address x status", "flags go after its name: scaler-ts <command> --address …", seeAll],
    ["map", "Missing required argument: task.", seeMap],
    ["map x", "Missing required argument: glob.", seeMap],
    ["map x 1.txt --slots many", "slots", "many", seeMap],
  ])("is said of %j", async (line, ...says) => {
    const { code, stderr, stdout } = await said(line.split(" "))
    for (const text of says) assert.include(stderr, text)
    assert.match(stderr, /^scaler-ts: /)
    assert.deepStrictEqual([code, stdout], [2, ""])
  })

  it("is not said where nothing is near, or anything is", async () => {
    for (const line of ["--verbose", "frobnicate", "status -x"]) {
      const { code, stderr } = await said(line.split(" "))
      assert.strictEqual(code, 2)
      assert.notInclude(stderr, "Did you mean")
    }
  })
})

it("help of all has a sentence for each command, and the help of one has the rest", async () => {
  const { stdout } = await said(["--help"])
  assert.match(stdout, /^ {2}cancel +Stops tasks, waits, and says what became of each\.$/m)
  assert.match(stdout, /^ {2}call +Submits a task, waits, and prints its value\.$/m)
  const one = await said(["cancel", "--help"])
  assert.include(one.stdout, "Exits with 0 stopped, 3 finished first")
})

it("help is a word, too", async () => {
  for (const [word, flag] of [
    ["help", "--help"],
    ["help help", "-h"],
    ["help map", "map --help"],
    ["version", "--version"],
  ] as const) {
    const asked = await said(word.split(" "))
    assert.deepStrictEqual(asked, await said(flag.split(" ")))
    assert.strictEqual(asked.code, 0)
  }
})
