/** A page about races: every program on it is run, and what it prints is what the page shows. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root, runFile } from "./runFile.ts"

/** A fenced block, and the file whose text it is to have if there is one. */
const fence = /^(?:<!-- (?<source>\S+) -->\n\n)?```(?<language>\w+)\n(?<text>[^]*?)^```$/gm

interface Shown {
  readonly language: string
  readonly text: string
  /** The file it shows: named by its first line. */
  readonly file: string | undefined
}

/** The files as they are where the page shows what one of them prints. */
interface Stage {
  readonly place: string
  readonly main: string
}

/** Where its programs are written to, one folder for each output. */
export const folder: string = ".cache/fences/testing"

/**
 * The page as it is to be: texts of files that it shows, and outputs of programs, are filled in.
 *
 * A `ts` fence is a file; the fence after it is what it prints, if that is `text` or `mermaid`. Files
 * stay for the rest of the page, until a fence of the same name replaces them. What the newest race
 * imports prints nothing itself: then it is the race that is run again.
 */
export const printed = async (markdown: string): Promise<string> => {
  const filled = markdown.replaceAll(fence, withSource)
  const stages = stagesOf(filled)
  const outputs = await run(stages)
  let stage = 0
  let isOutput = false
  return filled.replaceAll(fence, (all, ...groups) => {
    const { language, text } = shownIn(groups)
    const isNext = isOutput && isOutputLanguage(language)
    isOutput = language === "ts"
    if (!isNext) return all
    const output = outputs[stage++] ?? ""
    return steady(output) === steady(text) ? all : `\`\`\`${language}\n${output}\`\`\``
  })
}

/** Without what differs from run to run: times, and how far a search came that its budget ended. */
const steady = (output: string): string =>
  output
    .replaceAll(/\d+\.\d s$/gm, "0.0 s")
    .replaceAll(/^~.*$/gm, (line) => line.replaceAll(/\d[\d,]*(?:·10\^\d+)?/g, "0"))

const isOutputLanguage = (language: string): boolean =>
  language === "text" || language === "mermaid"

const withSource = (all: string, ...groups: ReadonlyArray<unknown>): string => {
  const { source, file } = shownIn(groups)
  if (source === undefined) return all
  const text = readFileSync(join(root, source), "utf8")
  return `<!-- ${source} -->\n\n\`\`\`ts\n// ${file}\n${text}\`\`\``
}

const shownIn = (
  groups: ReadonlyArray<unknown>,
): Shown & { readonly source: string | undefined } => {
  const { source, language = "", text = "" } = groups.at(-1) as Record<string, string | undefined>
  return { source, language, text, file: /^\/\/ (\S+\.ts)\n/.exec(text)?.[1] }
}

/** Writes the files down as they are at each output: below the root, so that they find the packages. */
const stagesOf = (markdown: string): ReadonlyArray<Stage> => {
  rmSync(join(root, folder), { recursive: true, force: true })
  const files = new Map<string, string>()
  const stages: Array<Stage> = []
  let race: string | undefined
  let newest: string | undefined
  for (const match of markdown.matchAll(fence)) {
    const { language, text, file } = shownIn([match.groups])
    if (language === "ts") {
      if (file === undefined) throw new Error(`a program whose first line names no file:\n${text}`)
      files.set(file, text)
      newest = file
      if (file.endsWith(".race.ts")) race = file
    } else if (newest !== undefined && isOutputLanguage(language)) {
      const isOfRace = race !== undefined && files.get(race)?.includes(`"./${newest}"`) === true
      stages.push(written(`${stages.length + 1}`, files, isOfRace ? race : newest))
      newest = undefined
    }
  }
  return stages
}

const written = (name: string, files: ReadonlyMap<string, string>, main = ""): Stage => {
  const place = join(folder, name)
  mkdirSync(join(root, place), { recursive: true })
  for (const [file, text] of files) {
    const isOtherRace = file.endsWith(".race.ts") && file !== main
    if (!isOtherRace) writeFileSync(join(root, place, file), text)
  }
  return { place, main }
}

/** What each prints: the races in one run of vitest, the rest as programs. */
const run = async (stages: ReadonlyArray<Stage>): Promise<ReadonlyArray<string>> => {
  const { stdout } = await runFile("tests/support/runRaces.ts", folder)
  const races = JSON.parse(stdout) as Record<string, ReadonlyArray<string>>
  return Promise.all(
    stages.map(async ({ place, main }, index) => {
      const texts = races[`${index + 1}/${main}`]
      if (texts !== undefined) return `${texts.join("\n\n")}\n`
      return (await runFile(join(place, main))).stdout
    }),
  )
}
