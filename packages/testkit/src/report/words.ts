/** A step as a sentence, for whoever does not read the drawing. */
import type { Told } from "./describe.ts"

export const wordsOf = (step: Told): string => {
  const { node, told } = step
  const heard = told.length === 0 ? "" : `; ${node} is told ${told.join(" and ")}`
  return `${happened(step)}${heard}`
}

const happened = ({ node, from, sentAt, lines }: Told): string => {
  if (from === undefined) return `${node}: ${lines.join(" and ")}`
  const when = sentAt === undefined || sentAt < 0 ? "before step 1" : `in step ${sentAt + 1}`
  return lines[0] === "gone"
    ? `${node} sees that ${from} is gone, as it is since ${when.replace("in ", "")}`
    : `${node} hears ${lines.join(" and ")} from ${from}, sent ${when}`
}
