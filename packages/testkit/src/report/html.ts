/** A failing race as a page of its own: its schedule as a diagram, beside the nearest one that passes. */
import { counted, failing, type Violated, within } from "../Verdict.ts"
import type { Told } from "./describe.ts"
import { escaped } from "./markup.ts"
import { script, scriptHash, style } from "./page.ts"
import { type Drawing, lifelineAt, sequence, widthOf } from "./sequence.ts"
import { wordsOf } from "./words.ts"

/** One side of the page. */
interface Panel extends Drawing {
  readonly title: string
}

/** How far drawings are made smaller and larger to fit. */
const scaleMin = 0.9
const scaleMax = 1.25

/**
 * The report of a failing race as one HTML file that needs nothing else: the failing schedule and the
 * nearest passing one as sequence diagrams, with a slider over their steps. `#step=12` behind its
 * address shows step 12. The same verdict gives the same bytes.
 *
 * Without vitest, write it down yourself; `it.race` does when `SCALER_REPORT` names a folder.
 */
export const htmlOf = (name: string, verdict: Violated): string => {
  const panels = panelsOf(verdict)
  const title = escaped(name)
  const parts = panels.length === 0 ? [] : [bar(panels), main(panels), `<script>${script}</script>`]
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8"/>',
    // Nothing is fetched, and nothing runs but the script below, whatever a race is called.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptHash}'"/>`,
    '<meta name="viewport" content="width=device-width"/>',
    `<title>✗ ${title}</title>`,
    `<style>${style}</style>`,
    "</head>",
    `<body${sizes(verdict)}>`,
    header(title, verdict, panels.length),
    ...parts,
    "</body>",
    "</html>",
    "",
  ].join("\n")
}

const panelsOf = ({ failure }: Violated): ReadonlyArray<Panel> => {
  const { nodes, neighbour, told } = failure
  if (told.length === 0) return []
  const partsAt = neighbour?.shared
  const failed: Panel = {
    title: "This order fails",
    nodes,
    steps: told,
    more: failure.steps.length - told.length,
    partsAt,
    failsAt: failure.step,
    end: `${failure.guarantee}: ${failure.what}`,
    isRight: false,
  }
  if (neighbour === undefined) return [failed]
  const passed: Panel = {
    title: "The nearest order that passes",
    nodes,
    steps: neighbour.told,
    more: neighbour.steps.length - neighbour.told.length,
    partsAt,
    failsAt: undefined,
    end: "nothing is wrong",
    isRight: true,
  }
  return [failed, passed]
}

const header = (title: string, verdict: Violated, panels: number): string => {
  const { failure, bounds, token, stats } = verdict
  const executions = counted(stats.executions, "execution", "executions")
  const facts = `It ${failing(verdict)} after ${executions}, ${within(bounds)}.`
  const lonely = "Near this order none was found that passes."
  return [
    "<header>",
    `<h1>${title}</h1>`,
    `<p class="what"><b>${escaped(failure.guarantee)}</b>: ${escaped(failure.what)}</p>`,
    `<p class="facts">${escaped(facts)}${panels === 1 ? ` ${lonely}` : ""}</p>`,
    ...(token === ""
      ? []
      : [`<p>See it again: <code>SCALER_REPLAY=${escaped(token)} npx vitest run</code></p>`]),
    "</header>",
  ].join("\n")
}

const sizes = ({ failure: { nodes } }: Violated): string => {
  const width = widthOf(nodes.length)
  return ` style="--least: ${width * scaleMin}px; --most: ${width * scaleMax}px"`
}

const bar = (panels: ReadonlyArray<Panel>): string => {
  const last = Math.max(...panels.map(({ steps }) => steps.length))
  const said = panels.map(({ isRight }) =>
    isRight
      ? '<p class="said right" data-verdict="Passes:"></p>'
      : '<p class="said" data-verdict="Fails:"></p>',
  )
  return `\
<div class="bar">
<div class="controls">
<button id="back" aria-label="One step back">◀</button>
<input id="step" type="range" min="0" max="${last}" value="${last}" aria-label="Step"/>
<button id="on" aria-label="One step on">▶</button>
<button id="play">Play</button>
<output for="step"></output>
</div>
<div class="pair">${said.join("")}</div>
</div>`
}

const main = (panels: ReadonlyArray<Panel>): string =>
  ["<main>", '<div class="pair">', ...panels.map(panel), "</div>", "</main>"].join("\n")

const panel = (one: Panel): string => {
  const { title, nodes, steps, end, isRight } = one
  const width = widthOf(nodes.length)
  const names = nodes.map((node, column) => {
    const left = (100 * lifelineAt(nodes.length, column)) / width
    return `<span style="left: ${left.toFixed(2)}%">${escaped(node)}</span>`
  })
  return [
    `<section class="panel" data-end="${escaped(`${isRight ? "✓" : "✗"} ${end}`)}">`,
    `<h2>${title}</h2>`,
    `<div class="names">${names.join("")}</div>`,
    sequence(one, `${title}, as a sequence diagram. Its steps are listed below.`),
    "<details>",
    "<summary>In words</summary>",
    `<ol>${steps.map((step: Told) => `<li>${escaped(wordsOf(step))}</li>`).join("\n")}</ol>`,
    "</details>",
    "</section>",
  ].join("\n")
}
