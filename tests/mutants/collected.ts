/** What `@scaler-ts/testkit/vitest` is to a race that is loaded to be run by hand: its races are collected. */
import type { RaceBody, RaceOptions } from "@scaler-ts/testkit"
import type { Registered } from "./patched.ts"

export const races: Array<Registered> = []

export const it = {
  race: (name: string, ...rest: [RaceBody] | [RaceOptions, RaceBody]): void => {
    const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest
    races.push({ name, options, body })
  },
}
