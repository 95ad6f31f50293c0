/** The rig, with clients that attach and detach. */
import type { PeerId } from "@scaler-ts/protocol"
import { Rig } from "./Rig.ts"

export class AttachRig extends Rig {
  attach(client: PeerId, task: number, id: string, wantsOutput = false, name = ""): this {
    this.tables.fromClient(client, { _tag: "TaskAttach", task, id, name, wantsOutput })
    return this
  }

  detach(client: PeerId, task: number): this {
    this.tables.fromClient(client, { _tag: "TaskDetach", task })
    return this
  }

  line(worker: string, task: number, line: string, attempt = 1): this {
    return this.says(worker, { _tag: "TaskLog", task, attempt, line, from: "log" })
  }

  takes(client: PeerId, task: number, lines: number, attempt = 1): this {
    this.tables.fromClient(client, { _tag: "TaskLogTaken", task, attempt, lines })
    return this
  }
}
