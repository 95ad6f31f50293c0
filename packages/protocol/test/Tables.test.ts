import assert from "node:assert/strict"
import { describe, test } from "vitest"
import {
  type AnyMachine,
  anyMachine,
  applies,
  casesOf,
  explain,
  explainCase,
} from "./tables/cell.ts"
import { client } from "./tables/client.ts"
import { scheduler } from "./tables/scheduler.ts"
import { worker } from "./tables/worker.ts"

const machines = [anyMachine(client), anyMachine(scheduler), anyMachine(worker)]

const cellsOf = (machine: AnyMachine) =>
  Object.keys(machine.states).flatMap((state) =>
    Object.keys(machine.events).map((event) => ({
      state,
      event,
      cases: casesOf(machine, state, event),
    })),
  )

const shown = (value: unknown): string => JSON.stringify(value)

for (const machine of machines) {
  describe(`the ${machine.name}'s table`, () => {
    test("has a case for every kind of event in every kind of state", () => {
      assert.deepEqual(
        Object.keys(machine.table).toSorted(),
        Object.keys(machine.states).toSorted(),
      )
      for (const { state, event, cases } of cellsOf(machine)) {
        assert.ok(cases.length > 0, `no case for ${event} in ${state}`)
      }
    })

    for (const { state, event, cases } of cellsOf(machine)) {
      test(`${state}, ${event}: ${cases.length === 1 ? "one case" : `${cases.length} cases`}`, () => {
        for (const { given, event: happens, rules, to, do: commands, when } of cases) {
          assert.deepEqual(
            machine.step(given, happens, rules ?? machine.rules),
            { state: to, commands },
            when?.words,
          )
        }
      })
    }

    test("gives each of its cases as an example of its own condition", () => {
      for (const { state, event, cases } of cellsOf(machine)) {
        for (const example of cases) {
          const { given, event: happens, rules = machine.rules } = example
          assert.ok(
            applies(example, { state: given, event: happens, rules }),
            `${state}, ${event}: ${example.when?.words}`,
          )
        }
      }
    })

    test("has exactly one case for every situation, and it says what happens there", () => {
      for (const at of machine.situations) {
        const cases = casesOf(machine, at.state._tag, at.event._tag)
        const fitting = cases.filter((example) => applies(example, at))
        const [example] = fitting
        assert.ok(example !== undefined && fitting.length === 1, `${fitting.length}: ${shown(at)}`)
        const moved = machine.step(at.state, at.event, at.rules)
        assert.equal(explain(machine, at, moved), explainCase(machine, example), shown(at))
        assert.deepEqual(
          moved.commands.map(({ _tag }) => _tag),
          example.do.map(({ _tag }) => _tag),
          shown(at),
        )
      }
    })

    test("is total: no step changes what it was given, and none throws", () => {
      for (const { state, event, rules } of machine.situations) {
        const before = shown([state, event, rules])
        machine.step(state, event, rules)
        assert.equal(shown([state, event, rules]), before)
      }
    })
  })
}
