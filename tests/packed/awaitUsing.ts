/**
 * A program as somebody would write it whose runtime has no `await using`: as the README says, what
 * it has opened is closed by a call at the end of its block.
 */
export const withoutAwaitUsing = (text: string): string => {
  const open: Array<{ readonly indent: string; readonly close: string }> = []
  const lines = text.split("\n").flatMap((line) => {
    const [, indent = "", name = "", value = ""] =
      /^(\s*)await using (\w+) = (.*)$/.exec(line) ?? []
    if (name !== "") {
      const method = value.includes(".submit(") ? "cancel" : "close"
      open.push({ indent, close: `${indent}await ${name}.${method}()` })
      return [`${indent}const ${name} = ${value}`]
    }
    const ends = /^(\s*)\}/.exec(line)
    const closed = open.filter((one) => ends !== null && one.indent.length > (ends[1] ?? "").length)
    open.splice(open.length - closed.length)
    return [...closed.toReversed().map(({ close }) => close), line]
  })
  return [...lines, ...open.toReversed().map(({ close }) => close), ""].join("\n")
}
