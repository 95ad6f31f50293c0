/** piscina, cancelled by the signal its tasks are given: it ends the thread. */
import { Piscina } from "piscina"
import { type System, toldBy, withVersion } from "../System.ts"

const filename = new URL("../functions.ts", import.meta.url).href

export const piscina: System = {
  name: withVersion("piscina"),
  triesAgain: false,
  start: async () => {
    const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1 })
    return {
      submit: (name, input) => {
        const controller = new AbortController()
        const told = toldBy(pool.run(input, { name, signal: controller.signal }))
        return {
          cancel: () => {
            controller.abort()
            return told
          },
        }
      },
      stop: () => pool.destroy(),
    }
  },
}
