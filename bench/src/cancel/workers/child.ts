/** A process that a function starts: shows that it runs, and writes when its time is over. */
import process from "node:process"
import { setTimeout } from "node:timers/promises"
import { leave } from "../evidence.ts"

const [, , file = "", ms = "0"] = process.argv
const running = setInterval(() => leave(file, "child"), 2)
await setTimeout(Number(ms))
clearInterval(running)
leave(file, "wrote")
