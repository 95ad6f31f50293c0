/** Where the modules are that the members of a pool run. */

// From sources they are `.ts` files, from `dist` `.js` ones: the compiler leaves URLs alone.
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"

export const entryOf = (kind: "thread" | "process" | "web"): URL =>
  new URL(`./${kind}Entry.${extension}`, import.meta.url)
