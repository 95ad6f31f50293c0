/** Maps a task over inputs. One of them fails, which harms no other. */
import * as Local from "@scaler-ts/local"
import { tasks } from "./tasks/small.ts"

const inputs = [2, 4, 5, 8]

await using cluster = await Local.start({ tasks, slots: 2 })
let index = 0
for await (const outcome of cluster.map(tasks.half, inputs)) {
  const end =
    outcome._tag === "Succeeded"
      ? outcome.value
      : outcome._tag === "Failed"
        ? outcome.error.message
        : outcome._tag
  console.log(`half of ${inputs[index++]}: ${end}`)
}
