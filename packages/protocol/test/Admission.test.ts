import assert from "node:assert/strict"
import { test } from "vitest"
import { Admission } from "../src/index.ts"

const applicant = (role: Admission.Role, key?: string): Admission.Applicant => ({
  peer: "p",
  role,
  name: "n",
  key,
})

const roles: ReadonlyArray<Admission.Role> = ["client", "worker", "operator"]

/** Which roles somebody with this key may have. */
const allowedTo = (admission: Admission.Admission, key?: string): ReadonlyArray<string> =>
  roles.filter((role) => admission(applicant(role, key)) === undefined)

test("all are let in, with a key and without", () => {
  assert.deepEqual(allowedTo(Admission.allowAll), roles)
  assert.deepEqual(allowedTo(Admission.allowAll, "k"), roles)
})

test("a key lets in as what it is listed for, and as nothing else", () => {
  const admission = Admission.listedKeys({
    clients: ["c", "both"],
    workers: ["w"],
    operators: new Set(["o", "both"]),
  })
  const keys = ["c", "w", "o", "both", "stranger"]
  assert.deepEqual(
    keys.map((key) => allowedTo(admission, key)),
    [["client"], ["worker"], ["operator"], ["client", "operator"], []],
  )
})

test("where no keys are listed nobody is let in", () => {
  assert.deepEqual(allowedTo(Admission.listedKeys({ clients: ["c"] }), "c"), ["client"])
  assert.deepEqual(allowedTo(Admission.listedKeys({}), "c"), [])
})

test("who is not let in is told what to do: have a key, or have it listed", () => {
  const admission = Admission.listedKeys({ operators: ["o"] })
  assert.match(
    admission(applicant("operator", "k")) ?? "",
    /the key k is not among those that the scheduler lets in as operators; have it listed/,
  )
  assert.match(
    admission(applicant("operator")) ?? "",
    /lets in operators by their keys, and this connection has none; connect by a transport that/,
  )
})

test("an admission that throws lets nobody in", () => {
  const reason = Admission.ask(() => {
    throw new Error("no list")
  }, applicant("worker"))
  assert.equal(reason, "the scheduler could not tell whether to let this worker in: no list")
  assert.equal(Admission.ask(Admission.allowAll, applicant("worker")), undefined)
})
