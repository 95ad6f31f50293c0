import assert from "node:assert/strict"
import { describe, test } from "vitest"
import type { RaceOptions } from "@scaler-ts/testkit"
import { cancelled, explore, neverFinished, violated } from "./support/races.ts"

const refused = (options: object, sentence: RegExp): Promise<void> =>
  assert.rejects(explore(cancelled, options), sentence)

describe("what cannot go wrong is refused with the reason:", () => {
  test("faults there are none of, and times that are no number", async () => {
    await refused({ faults: { flood: 1 } }, /"flood" is no fault; there are full, skew, freeze/)
    await refused({ faults: { cut: -1 } }, /faults\.cut is -1; give a whole number from 0 up/)
    await refused({ faults: { cut: {} } }, /faults\.cut is undefined; give a whole number/)
    await refused(
      { faults: 3 },
      /faults says nothing; give what may go wrong, such as \{ cut: 1 \}/,
    )
    await refused({ profile: "udp" }, /profile is "udp"; give one of "tcp", "datagram", "calm"/)
  })

  test("nodes and links that there are not, or that it cannot strike", async () => {
    const nodes = (...names: ReadonlyArray<string>) => ({ times: 1, nodes: names })
    await refused(
      { faults: { crash: nodes("worker-2") } },
      /faults\.crash cannot strike "worker-2"; it can scheduler, client, worker-1/,
    )
    await refused(
      { faults: { cut: nodes("scheduler") } },
      /faults\.cut cannot strike "scheduler"; it can client, worker-1/,
    )
    await refused(
      { faults: { full: { times: 1, links: ["client>worker-1"] } } },
      /faults\.full cannot strike "client>worker-1"; it can client>scheduler/,
    )
    await refused(
      { faults: { full: nodes("client") } },
      /"nodes" is no part of faults\.full; there are times, links/,
    )
  })

  test("to start again without a crash, or a script", async () => {
    await refused(
      { faults: { restart: 1 } },
      /nothing starts again that has not crashed; allow a crash/,
    )
    const crash = { times: 1, nodes: ["client", "worker-1"] }
    const restart = (name: string) => ({ times: 1, nodes: [name] })
    await refused(
      { faults: { crash, restart: restart("client") } },
      /client cannot start again, because its script died with it/,
    )
    await refused(
      { faults: { crash, restart: restart("scheduler") } },
      /scheduler cannot start again, because it may not crash/,
    )
  })

  test("what a network does not do", async () => {
    for (const kind of ["drop", "duplicate", "reorder"]) {
      await refused(
        { faults: { [kind]: 1 } },
        /it would find bugs that cannot happen.* use cut or partition/,
      )
    }
    const profile = "datagram"
    await refused({ profile, faults: { cut: 1 } }, /no connection that could be cut; use drop/)
    await refused({ profile, faults: { full: 1 } }, /not held back, but lost; use drop/)
    await refused({ profile: "calm", faults: { freeze: 1 } }, /in a calm nothing goes wrong/)
  })
})

test("what may happen no times is as if it were not there", async () => {
  const options: RaceOptions = { profile: "calm", faults: { drop: 0, cut: { times: 0 } } }
  const verdict = await explore(cancelled, options)
  assert.ok(verdict._tag === "Verified")
  assert.deepEqual([verdict.classes, verdict.bounds.faults], [12, {}])
})

test("a token belongs to its faults and its profile", async () => {
  const nodes = ["worker-1"]
  const options: RaceOptions = { faults: { crash: { times: 1, nodes } } }
  const { token: replay } = await violated(neverFinished, options)
  await refused({ replay }, /another race/)
  await refused({ replay, faults: { cut: { times: 1, nodes } } }, /another race/)
  await refused({ replay, faults: { crash: { times: 1, nodes: ["client"] } } }, /another race/)
  await refused({ replay, ...options, profile: "datagram" }, /another race/)
})
