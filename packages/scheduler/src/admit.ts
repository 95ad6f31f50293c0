/** Whether somebody who says hello is let in. */
import { Admission, type PeerId, type Transport } from "@scaler-ts/protocol"
import type { Hello } from "./Connection.ts"
import type { Tables } from "./Tables.ts"

/** Who says hello. */
export interface Caller {
  readonly peer: PeerId
  readonly hello: Hello
  readonly transport: Transport
}

/** Why the caller is not let in. Who is not admitted learns nothing about who is here. */
export const refusalOf = (
  { peer, hello, transport }: Caller,
  admission: Admission.Admission,
  tables: Tables,
): string | undefined => {
  if (tables.isStopping) return "the scheduler is being stopped, and lets nobody in any more"
  const role = roleOf[hello._tag]
  const name = hello._tag === "WorkerHello" ? hello.worker : hello.session
  const applicant = { peer, role, name, key: transport.keyOf?.(peer) }
  const ask = (one: Admission.Admission) => Admission.ask(one, applicant)
  return (
    ask(transport.admission ?? Admission.allowAll) ?? ask(admission) ?? takenName(hello, tables)
  )
}

const roleOf: Readonly<Record<Hello["_tag"], Admission.Role>> = {
  ClientHello: "client",
  WorkerHello: "worker",
  OperatorHello: "operator",
}

const takenName = (hello: Hello, tables: Tables): string | undefined => {
  switch (hello._tag) {
    case "WorkerHello":
      return tables.workers.has(hello.worker)
        ? `a worker named "${hello.worker}" is here already; give each worker a name of its own`
        : undefined
    case "ClientHello":
      // Its tasks' public names begin with it.
      return tables.clients.ofSession(hello.session) !== undefined
        ? `a client has the session "${hello.session}" already; begin each under a name of its own`
        : undefined
    case "OperatorHello":
      return undefined
  }
}
