/** For every test file: a test that is ended for its time does not end what it has started. */
import { afterAll } from "vitest"
import { endProcesses, watchProcesses } from "./processes.ts"

watchProcesses()
afterAll(endProcesses)
