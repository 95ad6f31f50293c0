/** The client's table, cell by cell. */
import type { Command, Event, Rules, State } from "../../src/machine/ClientTask.ts"
import { both, type Table } from "./cell.ts"
import { onCancelling } from "./clientCancelling.ts"
import {
  again,
  cancelling,
  closing,
  confirm,
  confirmIs,
  death,
  detached,
  ended,
  failure,
  ignored,
  isDeath,
  isDetached,
  isFailure,
  isOwn,
  isSuccess,
  mayNotSendAgain,
  maySendAgain,
  otherConfirm,
  pending,
  refusal,
  running,
  sendAgain,
  sendCancel,
  sendDetach,
  startBound,
  stopped,
  success,
  wait,
} from "./clientSamples.ts"

const onPending: Table<State, Event, Rules, Command>["pending"] = {
  CancelAsked: [
    {
      given: pending,
      event: { _tag: "CancelAsked" },
      to: cancelling,
      do: [sendCancel, startBound, wait],
    },
  ],
  Started: [
    { given: pending, event: { _tag: "Started" }, to: running, do: [{ _tag: "ShowRunning" }] },
  ],
  ResultArrived: [
    {
      when: isSuccess,
      given: running,
      event: success,
      to: ended("succeeded"),
      do: [{ _tag: "End", end: "succeeded", result: success.result }],
    },
    {
      when: isFailure,
      given: running,
      event: failure,
      to: ended("failed"),
      do: [{ _tag: "End", end: "failed", result: failure.result }],
    },
    {
      when: isDeath,
      given: running,
      event: death,
      to: ended("lost"),
      do: [{ _tag: "End", end: "lost", result: death.result, lost: "workerDied" }],
    },
  ],
  ConfirmArrived: [
    {
      when: confirmIs("canceled"),
      given: running,
      event: confirm("canceled", "cooperative"),
      to: ended("cancelled"),
      do: [{ _tag: "End", end: "cancelled" }],
    },
    {
      when: otherConfirm,
      given: running,
      event: confirm("cancelFailed"),
      to: running,
      do: [{ _tag: "Ignore", counter: "confirmUnasked" }],
    },
  ],
  BoundPassed: ignored(pending, { _tag: "BoundPassed" }, "boundLate"),
  ConnectionGone: [
    {
      given: pending,
      event: { _tag: "ConnectionGone" },
      to: ended("lost"),
      do: [{ _tag: "End", end: "lost", lost: "connectionLost" }],
    },
  ],
  SchedulerChanged: [
    {
      when: both(maySendAgain, isOwn),
      given: running,
      event: again,
      to: pending,
      do: [sendAgain],
    },
    {
      when: both(maySendAgain, isDetached),
      given: detached(running),
      event: again,
      to: detached(pending),
      do: [sendAgain, sendDetach],
    },
    {
      when: mayNotSendAgain,
      given: pending,
      event: { _tag: "SchedulerChanged", again: false },
      to: ended("lost"),
      do: [{ _tag: "End", end: "lost", lost: "connectionLost" }],
    },
  ],
  ClientClosed: [
    {
      when: isDetached,
      given: detached(pending),
      event: { _tag: "ClientClosed" },
      rules: closing,
      to: ended("lost"),
      do: [{ _tag: "End", end: "lost", lost: "detached" }],
    },
    {
      when: isOwn,
      given: pending,
      event: { _tag: "ClientClosed" },
      rules: closing,
      to: cancelling,
      do: [sendCancel, startBound],
    },
  ],
  Forgotten: [
    {
      given: pending,
      event: { _tag: "Forgotten" },
      to: ended("lost"),
      do: [{ _tag: "End", end: "lost", lost: "forgotten" }],
    },
  ],
  DetachAsked: [
    {
      given: pending,
      event: { _tag: "DetachAsked" },
      to: detached(pending),
      do: [sendDetach],
    },
  ],
  AttachRefused: [
    {
      given: detached(pending),
      event: refusal,
      to: ended("lost"),
      do: [{ _tag: "End", end: "lost", lost: "notAttached", refusal: refusal.refusal }],
    },
  ],
}

const byCancel = ended("cancelled", stopped)

export const table: Table<State, Event, Rules, Command> = {
  pending: onPending,
  cancelling: onCancelling,
  ended: {
    CancelAsked: [
      {
        given: byCancel,
        event: { _tag: "CancelAsked" },
        to: byCancel,
        do: [{ _tag: "Reply" }],
      },
    ],
    Started: ignored(byCancel, { _tag: "Started" }, "startedLate"),
    ResultArrived: ignored(byCancel, success, "resultAfterEnd"),
    ConfirmArrived: ignored(byCancel, confirm("canceled", "killed"), "confirmAfterEnd"),
    BoundPassed: ignored(byCancel, { _tag: "BoundPassed" }, "boundLate"),
    ConnectionGone: ignored(byCancel, { _tag: "ConnectionGone" }, "eventAfterEnd"),
    SchedulerChanged: ignored(byCancel, again, "eventAfterEnd"),
    ClientClosed: ignored(byCancel, { _tag: "ClientClosed" }, "eventAfterEnd"),
    Forgotten: ignored(byCancel, { _tag: "Forgotten" }, "eventAfterEnd"),
    DetachAsked: ignored(byCancel, { _tag: "DetachAsked" }, "eventAfterEnd"),
    AttachRefused: ignored(byCancel, refusal, "eventAfterEnd"),
  },
}
