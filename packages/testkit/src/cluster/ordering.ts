/** What operators order, written down. */
import type { OperatorSession } from "@scaler-ts/protocol"
import type { Record } from "./Record.ts"

/** An operator's session, of which is written down what it orders: nobody else need have asked for that. */
export const ordering = (record: Record, session: OperatorSession): OperatorSession => ({
  open: (receiver) => session.open(receiver),
  close: () => session.close(),
  send: (message) => {
    if (message._tag === "OrderAsked") {
      const { order, target } = message
      record.isStopping ||= order === "stop"
      for (const one of record.futures) {
        if (order === "stop" || one.future.id === target) one.wanted.push(record.now())
      }
    }
    session.send(message)
  },
})
