/** The style and the script of the report: constants, so that nothing of a race is ever part of either. */

export const style = `
:root {
  color-scheme: light dark;
  --ground: #fff; --ink: #1b1f24; --soft: #5b636d; --line: #c3c9d1; --box: #f3f5f7;
  --now: #fff0b3; --part: #0b5fc0; --parts: #dce8f6; --wrong: #b3261e; --right: #14713a;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #15181c; --ink: #e6e9ed; --soft: #9aa3ad; --line: #48505a; --box: #232830;
    --now: #4a4013; --part: #79b4ff; --parts: #212d3e; --wrong: #ff8a80; --right: #6fd394;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
header, main { padding: 0 16px; }
h1 { margin: 16px 0 4px; font-size: 21px; line-height: 1.25; overflow-wrap: anywhere; }
h1::before { content: "✗ "; color: var(--wrong); }
h2 { margin: 12px 0 6px; font-size: 15px; overflow-wrap: anywhere; }
p { margin: 4px 0; }
.what { white-space: pre-wrap; overflow-wrap: anywhere; }
.what b { color: var(--wrong); }
.facts, .hint { color: var(--soft); }
code, svg, .names { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
code { font-size: 13px; background: var(--box); padding: 2px 6px; border-radius: 4px; overflow-wrap: anywhere; user-select: all; }
.pair { display: grid; gap: 0 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, var(--least)), 1fr)); }
.bar { display: none; position: sticky; top: 0; z-index: 2; margin-top: 12px; padding: 8px 16px; background: var(--ground); border-block: 1px solid var(--line); }
.live .bar { display: block; }
.controls { display: flex; gap: 8px; align-items: center; }
.controls input { flex: 1; min-width: 60px; accent-color: var(--part); }
.controls output { min-width: 9ch; text-align: right; font-variant-numeric: tabular-nums; }
button { font: inherit; color: inherit; background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: 2px 10px; cursor: pointer; }
#play { min-width: 5em; }
.said { min-height: 4.35em; margin: 6px 0 0; font-size: 14px; white-space: pre-line; overflow-wrap: anywhere; }
.said::before { content: attr(data-verdict) " "; font-weight: bold; color: var(--wrong); }
.said.right::before { color: var(--right); }
@media (max-width: 1100px) { .said { min-height: 2.9em; } }
.panel { min-width: 0; max-width: var(--most); }
.names { position: sticky; top: var(--bar, 0); z-index: 1; height: 30px; background: var(--ground); border-bottom: 1px solid var(--line); font-size: 12px; }
.names span { position: absolute; top: 5px; transform: translateX(-50%); padding: 0 8px; background: var(--box); border: 1px solid var(--line); border-radius: 4px; white-space: nowrap; }
svg { display: block; width: 100%; height: auto; font-size: 12px; }
svg text { fill: var(--ink); white-space: pre; }
svg .number { fill: var(--soft); }
.lifeline { stroke: var(--line); fill: none; }
.band { fill: transparent; cursor: pointer; }
.back { fill: var(--ground); }
.band.parts, .parts .back { fill: var(--parts); }
.band.now, .now .back { fill: var(--now); }
.step { pointer-events: none; }
.number.now { fill: var(--ink); font-weight: bold; }
.number.fails { fill: var(--wrong); font-weight: bold; }
.edge { fill: var(--wrong); }
.live .step.now > .box { stroke: var(--ink); }
.box { fill: var(--box); stroke: var(--line); }
.box.told { fill: var(--ground); stroke-dasharray: 3 2; stroke: var(--soft); }
.arrow { stroke: var(--ink); fill: none; pointer-events: none; }
.arrow circle, .arrow .head { fill: var(--ink); stroke: none; }
.arrow.lost { stroke: var(--wrong); stroke-dasharray: 5 3; }
.arrow.lost circle { fill: var(--wrong); }
.arrow .cross { stroke-width: 2; stroke-dasharray: none; }
.parting path { stroke: var(--part); stroke-dasharray: 6 4; fill: none; }
.parting rect { fill: var(--ground); stroke: var(--part); }
.parting text { fill: var(--part); }
.end rect { fill: none; stroke-width: 1.5; }
.end.wrong rect { stroke: var(--wrong); }
.end.wrong text { fill: var(--wrong); }
.end.right rect { stroke: var(--right); }
.end.right text { fill: var(--right); }
.later { opacity: 0.3; }
.band.later { opacity: 0.5; }
.arrow.flying { opacity: 0.65; stroke-dasharray: 2 4; }
.arrow.flying .head { opacity: 0; }
details { margin: 8px 0 24px; }
summary { cursor: pointer; color: var(--soft); }
li { overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--part); outline-offset: 2px; }
@media print {
  .live .bar { display: none; }
  .names { position: relative; }
  .later, .arrow.flying, .arrow.flying .head { opacity: 1; }
  .arrow.flying:not(.lost) { stroke-dasharray: none; }
  .band.now { fill: transparent; }
  .now .back { fill: var(--ground); }
  .band.parts.now, .parts.now .back { fill: var(--parts); }
  svg { print-color-adjust: exact; }
}
`

/**
 * The hash by which the page allows its one script and no other, whatever a race is called: that of
 * SHA-256 in base 64. A test says what it is to be.
 */
export const scriptHash = "sha256-3xAGv4BsbuGO1kBmj8iJUOENcdWYVlgIHLlfmVVen+U="

/** Shows one step: what comes later is dim. Reads the page and nothing else. */
export const script = `
"use strict"
const root = document.documentElement
const slider = document.querySelector("#step")
const output = document.querySelector("output")
const play = document.querySelector("#play")
const bar = document.querySelector(".bar")
const panels = Array.from(document.querySelectorAll(".panel"), (panel, place) => ({
  marks: Array.from(panel.querySelectorAll("[data-step]"), (mark) => [mark, Number(mark.dataset.step), Number(mark.dataset.sent)]),
  words: Array.from(panel.querySelectorAll("li"), (item) => item.textContent),
  end: panel.dataset.end,
  said: document.querySelectorAll(".said")[place],
}))
const last = Number(slider.max)
let at = last
let timer
const saidBy = ({ words, end }) => {
  if (at === 0) return "Nothing has happened yet."
  const word = words[at - 1] === undefined ? "" : at + ". " + words[at - 1]
  return at < words.length ? word : (word === "" ? "" : word + "\\n") + end
}
const show = (step, moves) => {
  at = Math.min(last, Math.max(0, step))
  slider.value = String(at)
  output.textContent = at + " of " + last
  for (const panel of panels) {
    for (const [mark, step, sent] of panel.marks) {
      mark.classList.toggle("later", step > at)
      mark.classList.toggle("now", step === at)
      mark.classList.toggle("flying", step > at && sent <= at)
    }
    panel.said.textContent = saidBy(panel)
  }
  slider.setAttribute("aria-valuetext", panels.map(saidBy).join(" Beside it: "))
  root.style.setProperty("--bar", bar.offsetHeight + "px")
  if (!moves) return
  history.replaceState(null, "", "#step=" + at)
  const [now] = panels.flatMap(({ marks }) => marks.filter(([mark, step]) => step === at && mark.matches(".band")))
  if (now === undefined) return
  const { top, bottom } = now[0].getBoundingClientRect()
  const above = bar.offsetHeight + 40
  const below = innerHeight - 16
  if (top < above || bottom > below) scrollBy(0, (top + bottom - above - below) / 2)
}
const stop = () => {
  clearInterval(timer)
  timer = undefined
  play.textContent = "Play"
}
const go = (step) => {
  stop()
  show(step, true)
}
const fromAddress = () => {
  const [, step] = /^#step=(\\d+)$/.exec(location.hash) ?? []
  show(step === undefined ? last : Number(step), step !== undefined)
}
slider.addEventListener("input", () => go(Number(slider.value)))
document.querySelector("#back").addEventListener("click", () => go(at - 1))
document.querySelector("#on").addEventListener("click", () => go(at + 1))
play.addEventListener("click", () => {
  if (timer !== undefined) return stop()
  show(at === last ? 0 : at, true)
  play.textContent = "Pause"
  timer = setInterval(() => {
    show(at + 1, true)
    if (at === last) stop()
  }, 800)
})
const keys = { ArrowLeft: () => at - 1, ArrowRight: () => at + 1, Home: () => 0, End: () => last }
addEventListener("keydown", (event) => {
  const key = keys[event.key]
  if (key === undefined || event.target === slider || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  go(key())
})
document.querySelector("main").addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]")?.dataset.step
  if (step !== undefined) go(Number(step))
})
addEventListener("hashchange", fromAddress)
addEventListener("resize", () => root.style.setProperty("--bar", bar.offsetHeight + "px"))
root.classList.add("live")
fromAddress()
`
