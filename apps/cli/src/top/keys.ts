/** Keys by the names that the screen goes by. */

/** A letter or sign as it is written, small; else its name, such as `up`, `tab` or `ctrl-c`. */
export type Key = string

/** What `readline` tells of a key. */
export interface Keypress {
  readonly name?: string | undefined
  readonly ctrl?: boolean | undefined
  readonly meta?: boolean | undefined
}

/** Nothing for what has no name. */
export const keyOf = (text: string | undefined, press: Keypress): Key | undefined => {
  const { ctrl = false, meta = false, name } = press
  if (name === "escape") return name
  if (ctrl || meta) return name === undefined ? undefined : `${ctrl ? "ctrl" : "meta"}-${name}`
  return text !== undefined && /^[!-~]$/.test(text) ? text.toLowerCase() : name
}
