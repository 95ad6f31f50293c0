/** Tasks whose side effects can be seen from outside: each keeps writing to a file while it runs. */
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { diaryOfChild, diaryOfSpin } from "./diary.ts"

export const tasks = defineTasks(import.meta.url, { spin: diaryOfSpin, child: diaryOfChild })
