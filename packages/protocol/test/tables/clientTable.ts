/** The client's table, cell by cell. */
import type { Command, Event, Rules, State } from "../../src/machine/ClientTask.ts"
import { both, type Table } from "./cell.ts"
import {
  answer,
  boundPassed,
  boundRuns,
  cancelling,
  cancelWins,
  closing,
  confirm,
  confirmIs,
  death,
  ended,
  failure,
  finished,
  ignored,
  isClosing,
  isDeath,
  isFailure,
  isLoss,
  isStop,
  isSuccess,
  notClosing,
  notFound,
  otherConfirm,
  pending,
  refused,
  resultsWin,
  resultWins,
  running,
  sendCancel,
  startBound,
  stopped,
  stopsBound,
  success,
  unanswered,
  unconfirmed,
  wait,
  workerLost,
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
  ClientClosed: [
    {
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
}

const onCancelling: Table<State, Event, Rules, Command>["cancelling"] = {
  CancelAsked: [
    {
      when: boundRuns,
      given: cancelling,
      event: { _tag: "CancelAsked" },
      to: cancelling,
      do: [wait],
    },
    {
      when: boundPassed,
      given: unanswered,
      event: { _tag: "CancelAsked" },
      to: cancelling,
      do: [sendCancel, startBound, wait],
    },
  ],
  Started: ignored(cancelling, { _tag: "Started" }, "startedLate"),
  ResultArrived: [
    ...stopsBound({
      when: cancelWins,
      event: death,
      to: ended("cancelled", finished),
      do: [{ _tag: "End", end: "cancelled", result: death.result }, answer(finished)],
    }),
    ...stopsBound({
      when: both(resultsWin, isSuccess),
      event: success,
      rules: resultWins,
      to: ended("succeeded", finished),
      do: [{ _tag: "End", end: "succeeded", result: success.result }, answer(finished)],
    }),
    ...stopsBound({
      when: both(resultsWin, isFailure),
      event: failure,
      rules: resultWins,
      to: ended("failed", finished),
      do: [{ _tag: "End", end: "failed", result: failure.result }, answer(finished)],
    }),
    ...stopsBound({
      when: both(resultsWin, isDeath),
      event: death,
      rules: resultWins,
      to: ended("lost", finished),
      do: [
        { _tag: "End", end: "lost", result: death.result, lost: "workerDied" },
        answer(finished),
      ],
    }),
  ],
  ConfirmArrived: [
    ...stopsBound({
      when: both(confirmIs("canceled"), isLoss),
      event: confirm("canceled", "workerLost"),
      to: ended("cancelled", workerLost),
      do: [{ _tag: "End", end: "cancelled" }, answer(workerLost)],
    }),
    ...stopsBound({
      when: both(confirmIs("canceled"), isStop),
      event: confirm("canceled", "killed"),
      to: ended("cancelled", stopped),
      do: [{ _tag: "End", end: "cancelled" }, answer(stopped)],
    }),
    ...stopsBound({
      when: both(confirmIs("cancelFailed"), notClosing),
      event: confirm("cancelFailed"),
      to: running,
      do: [answer(refused)],
    }),
    ...stopsBound({
      when: both(confirmIs("cancelFailed"), isClosing),
      event: confirm("cancelFailed"),
      rules: closing,
      to: ended("lost", refused),
      do: [{ _tag: "End", end: "lost", lost: "clientClosed" }, answer(refused)],
    }),
    ...stopsBound({
      when: confirmIs("cancelNotFound"),
      event: confirm("cancelNotFound"),
      to: ended("cancelled", notFound),
      do: [{ _tag: "End", end: "cancelled" }, answer(notFound)],
    }),
  ],
  BoundPassed: [
    {
      when: both(boundRuns, notClosing),
      given: cancelling,
      event: { _tag: "BoundPassed" },
      to: unanswered,
      do: [answer(unconfirmed)],
    },
    {
      when: both(boundRuns, isClosing),
      given: cancelling,
      event: { _tag: "BoundPassed" },
      rules: closing,
      to: ended("lost", unconfirmed),
      do: [
        { _tag: "StopBound" },
        { _tag: "End", end: "lost", lost: "clientClosed" },
        answer(unconfirmed),
      ],
    },
    {
      when: boundPassed,
      given: unanswered,
      event: { _tag: "BoundPassed" },
      to: unanswered,
      do: [{ _tag: "Ignore", counter: "boundLate" }],
    },
  ],
  ConnectionGone: stopsBound({
    event: { _tag: "ConnectionGone" },
    to: ended("lost", unconfirmed),
    do: [{ _tag: "End", end: "lost", lost: "connectionLost" }, answer(unconfirmed)],
  }),
  ClientClosed: [
    {
      when: boundRuns,
      given: cancelling,
      event: { _tag: "ClientClosed" },
      rules: closing,
      to: cancelling,
      do: [],
    },
    {
      when: boundPassed,
      given: unanswered,
      event: { _tag: "ClientClosed" },
      rules: closing,
      to: cancelling,
      do: [sendCancel, startBound],
    },
  ],
  Forgotten: stopsBound({
    event: { _tag: "Forgotten" },
    to: ended("lost", unconfirmed),
    do: [{ _tag: "End", end: "lost", lost: "forgotten" }, answer(unconfirmed)],
  }),
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
    ClientClosed: ignored(byCancel, { _tag: "ClientClosed" }, "eventAfterEnd"),
    Forgotten: ignored(byCancel, { _tag: "Forgotten" }, "eventAfterEnd"),
  },
}
