import { Future } from "@scaler-ts/future"
import { htmlOf, type RaceBody, type Violated } from "@scaler-ts/testkit"
import { createHash } from "node:crypto"
import assert from "node:assert/strict"
import { beforeAll, describe, test } from "vitest"
import { columnsOf, escaped, wrapped } from "../src/report/markup.ts"
import { wordsOf } from "../src/report/words.ts"
import { explore, violated } from "./support/races.ts"

const hostile = `</script><img src=x onerror="alert(1)">'&<!--`

/** Fails unless the cancel is faster than the job. */
const neverEnds =
  (job: string): RaceBody =>
  (race) =>
    (function* () {
      const work = race.job(job)
      const future = yield* race.submit(work)
      yield* Future.cancel(future)
      race.never(work.ended, `it ran ${job}`)
    })()

let verdict: Violated
let html = ""
beforeAll(async () => {
  verdict = await violated(neverEnds(hostile), { name: hostile })
  html = htmlOf(hostile, verdict)
})

/** The elements of a page, in their order; throws where they do not nest. */
const elementsOf = (page: string): ReadonlyArray<Readonly<Record<string, string>>> => {
  const bare = page
    .replace("<!doctype html>\n", "")
    .replaceAll(/(<(script|style)>)[^]*?<\/\2>/g, "$1</$2>")
  const open: Array<string> = []
  const elements: Array<Record<string, string>> = []
  for (const [tag] of bare.matchAll(/<[^>]*>/g)) {
    const [, end = "", name = "", attributes = "", closed = ""] =
      /^<(\/?)([a-z]\w*)((?: [\w:-]+="[^"<]*")*)(\/?)>$/i.exec(tag) ??
      assert.fail(`no element: ${tag}`)
    if (end !== "") assert.equal(open.pop(), name, tag)
    else {
      if (closed === "") open.push(name)
      const pairs = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(
        ([, key = "", value = ""]) => [key, value],
      )
      elements.push({ ...Object.fromEntries(pairs), name })
    }
  }
  assert.deepEqual(open, [])
  const rest = bare.replaceAll(/<[^>]*>/g, "").replaceAll(/&(?:amp|lt|gt|quot|#39);/g, "")
  assert.doesNotMatch(rest, /[<>&]/)
  return elements
}

/** The elements of each diagram. */
const diagramsOf = (page: string): ReadonlyArray<ReturnType<typeof elementsOf>> =>
  [...page.matchAll(/<svg[^]*?<\/svg>/g)].map(([svg]) => elementsOf(svg))

const ofClass = (
  elements: ReturnType<typeof elementsOf>,
  name: string,
): ReturnType<typeof elementsOf> =>
  elements.filter((one) => one["class"]?.split(" ").includes(name))

test("whatever things are called, it is text and nothing but text", () => {
  const elements = elementsOf(html)
  assert.equal(elements.filter(({ name }) => name === "script").length, 1)
  assert.equal(html.split("</script>").length, 2)
  assert.equal(elements.filter(({ name }) => name === "img").length, 0)
  assert.ok(elements.every((one) => Object.keys(one).every((key) => !key.startsWith("on"))))
  assert.ok(html.includes(`<h1>${escaped(hostile)}</h1>`))
  assert.ok(html.includes(escaped(`it ran ${hostile}`)))
})

test("it needs nothing else, and lets nothing run but its own script", () => {
  assert.doesNotMatch(html, /(?:https?:|url\(|@import| src=[^x]| href=)/)
  const [, script = ""] = /<script>([^]*?)<\/script>/.exec(html) ?? []
  const hash = createHash("sha256").update(script).digest("base64")
  assert.ok(html.includes(`script-src 'sha256-${hash}'`), `the hash is to be sha256-${hash}`)
  const ids = new Set(elementsOf(html).map(({ id }) => id))
  for (const [, id = ""] of script.matchAll(/querySelector\("#(\w+)"\)/g))
    assert.ok(ids.has(id), id)
})

test("every step of both schedules is drawn and told, and the slider reaches the last", () => {
  const { steps, neighbour } = verdict.failure
  const [failing, passing] = [steps.length, neighbour?.steps.length ?? 0]
  const counts = [failing, passing]
  const diagrams = diagramsOf(html)
  assert.deepEqual(
    diagrams.map((one) => ofClass(one, "band").length),
    counts,
  )
  assert.deepEqual(
    diagrams.map((one) => ofClass(one, "step").length),
    counts,
  )
  assert.equal(elementsOf(html).filter(({ name }) => name === "li").length, failing + passing)
  const slider = elementsOf(html).find(({ id }) => id === "step")
  assert.equal(slider?.["max"], String(Math.max(failing, passing)))
})

test("arrows go from the step that sent to the step that heard", () => {
  const [diagram = []] = diagramsOf(html)
  assert.deepEqual(
    ofClass(diagram, "arrow").map((one) => [one["data-sent"], one["data-step"]]),
    verdict.failure.told.flatMap(({ from, sentAt = -1 }, index) =>
      from === undefined ? [] : [[String(sentAt + 1), String(index + 1)]],
    ),
  )
})

test("both stand at the same height until they part, and the step by which they do is marked", () => {
  const shared = verdict.failure.neighbour?.shared ?? 0
  const [one = [], other = []] = diagramsOf(html)
  const common = (diagram: typeof one): typeof one => ofClass(diagram, "band").slice(0, shared)
  assert.ok(shared > 0)
  assert.deepEqual(common(one), common(other))
  const [first = {}, second = {}] = [one, other].map((diagram) => ofClass(diagram, "parts")[0])
  assert.deepEqual(
    [first["data-step"], second["data-step"]],
    [String(shared + 1), String(shared + 1)],
  )
  assert.equal(first["y"], second["y"])
  assert.equal(ofClass(one, "fails")[0]?.["data-step"], String((verdict.failure.step ?? -1) + 1))
  assert.equal(ofClass(other, "fails").length, 0)
})

test("the same verdict gives the same bytes, and so does the same race", async () => {
  assert.equal(htmlOf(hostile, verdict), html)
  const again = await violated(neverEnds(hostile), { name: hostile })
  assert.equal(htmlOf(hostile, again), html)
})

describe("a page without a diagram beside it", () => {
  test("says so where every order fails", async () => {
    const every = await violated(function* ({ submit, job, never }) {
      yield* submit(job("work"))
      never(true)
    })
    const page = htmlOf("race", every)
    assert.equal(diagramsOf(page).length, 1)
    assert.match(page, /Near this order none was found that passes/)
    assert.equal(ofClass(elementsOf(page), "parting").length, 0)
  })

  test("has none at all of what shows in no order", async () => {
    const none = await explore(function* ({ submit, job, sometimes }) {
      yield* submit(job("work"))
      sometimes("it rains", false)
    })
    assert.ok(none._tag === "Violated")
    const page = htmlOf("race", none)
    assert.deepEqual(diagramsOf(page), [])
    assert.match(page, /in none of the executions: it rains/)
    assert.doesNotMatch(page, /<script>|See it again/)
    elementsOf(page)
  })
})

test("a step in words says where, what, from whom, since when, and what was told", () => {
  const step = { id: "", node: "client", told: [] }
  const heard = { ...step, from: "scheduler", sentAt: 3, lines: ["A", "B"], told: ["a: Lost"] }
  const words = [
    { ...step, from: undefined, sentAt: undefined, lines: ["submit(a)"] },
    heard,
    { ...heard, sentAt: -1, told: [] },
    { ...heard, lines: ["gone"] },
  ].map(wordsOf)
  assert.deepEqual(words, [
    "client: submit(a)",
    "client hears A and B from scheduler, sent in step 4; client is told a: Lost",
    "client hears A and B from scheduler, sent before step 1",
    "client sees that scheduler is gone, as it is since step 4; client is told a: Lost",
  ])
})

test("lines are no wider than they may be, wide characters counted twice, and none is cut in half", () => {
  assert.deepEqual(wrapped("submit(a), await(b)", 10, 5), ["submit(a),", "await(b)"])
  assert.deepEqual(wrapped("TaskStarted(work)", 14, 5), ["TaskStarted(", "work)"])
  assert.deepEqual(wrapped("one\n  two", 10, 5), ["one", "  two"])
  assert.deepEqual(wrapped("漢字漢字", 5, 5), ["漢字", "漢字"])
  assert.deepEqual(wrapped("😀😀😀", 4, 5), ["😀😀", "😀"])
  assert.deepEqual(wrapped("", 4, 5), [""])
  const many = wrapped("x".repeat(1_000), 7, 3)
  assert.deepEqual(many, ["xxxxxxx", "xxxxxxx", "xxxxxx…"])
  assert.ok(many.every((line) => columnsOf(line) <= 7))
  assert.equal(escaped(`<a b="c&d" e='f'>`), "&lt;a b=&quot;c&amp;d&quot; e=&#39;f&#39;&gt;")
  assert.equal(escaped("a\u0000\u001b\ud800\n"), "a\ufffd\ufffd\ufffd\n")
})
