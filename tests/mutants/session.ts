/** Bugs of sessions that outlive their connections, at both ends. */
import type { Mutant } from "./mutants.ts"

const link = "packages/protocol/src/Link.ts"
const life = "packages/protocol/src/machine/SessionLife.ts"
const scheduler = "packages/scheduler/src/SchedulerShell.ts"
const connection = "packages/scheduler/src/Connection.ts"
const seat = "packages/scheduler/src/placement/Seat.ts"

const result =
  "a result is handed over until it is acknowledged, wherever its worker's connection breaks (R33, G5)"
const client =
  "a client whose connection breaks hears what became of its task, and no session ends (R33, G5)"
const away = "a client that is away for too long is lost, and waits for nothing (R45, R22, G7, G8)"

export const ofSession: ReadonlyArray<Mutant> = [
  {
    name: "a session that sends nothing again",
    file: link,
    find: "this.handed = this.kept.acknowledged",
    replace: "this.handed = this.sent",
    killedBy: { file: "resume", race: result, red: "stuck" },
  },
  {
    name: "a session that keeps nothing of what it sent",
    file: link,
    find: "if (resumes === true) this.kept.add(messages, bytes)",
    replace: "if (resumes === true) this.kept.add([], bytes)",
    killedBy: { file: "resume", race: result, red: "stuck" },
  },
  {
    name: "a session that lets go of what has not been acknowledged",
    file: link,
    find: "this.release(acknowledged)",
    replace: "this.release(this.sent)",
    killedBy: { file: "resume", race: result, red: "stuck" },
  },
  {
    name: "a session that does not keep what is said while there is no connection",
    file: link,
    find: "if (this.ended || this.closing) return\n    this.hello",
    replace: "if (this.ended || this.closing || !this.connected) return\n    this.hello",
    killedBy: { file: "resume", race: result, red: "G5" },
  },
  {
    name: "a session that hears again what it has heard",
    file: link,
    find: 'return messages.filter(({ _tag }) => _tag === "ProtocolError")',
    replace: "return messages",
    killedBy: {
      file: "weather",
      race: "what arrives twice is heard once, so no task is run again (G9)",
      red: "always",
    },
  },
  {
    name: "a session that does not say what has come when it is resumed",
    file: link,
    find: "if (answer) this.owesAnswer = true",
    replace: "void answer",
    killedBy: { file: "resume", race: client, red: "body" },
  },
  {
    name: "a session that says that more has come than has",
    file: link,
    find: "encode([this.hello], 1, this.received)",
    replace: "encode([this.hello], 1, this.received + 1)",
    killedBy: { file: "resume", race: client, red: "body" },
  },
  {
    name: "a session that does not say hello again",
    file: life,
    find: 'tries: tries + 1, reason }, { _tag: "SayHelloAgain" })',
    replace: "tries: tries + 1, reason })",
    killedBy: { file: "resume", race: client, red: "body" },
  },
  {
    name: "a session that waits for ever for a connection",
    file: life,
    find: "return move(ended, ...over(state), lose(`${reason}; it could not be resumed in time`))",
    replace: "return move(state)",
    killedBy: { file: "resume", race: away, red: "endless" },
  },
  {
    name: "a scheduler that loses whoever has no connection",
    file: scheduler,
    find: "canResume: this.settings.resumeMs > 0",
    replace: "canResume: false",
    killedBy: { file: "resume", race: client, red: "body" },
  },
  {
    name: "a scheduler that takes who comes back for somebody else",
    file: "packages/scheduler/src/Peer.ts",
    find: "hello.session === session",
    replace: 'hello.session === "" && session !== ""',
    killedBy: { file: "resume", race: client, red: "body" },
  },
  {
    name: "a scheduler that never gives up whoever is away",
    file: scheduler,
    find: "peer.stopBound = this.loop.after(this.settings.resumeMs, () => this.giveUp(peer))",
    replace: "",
    killedBy: { file: "resume", race: away, red: "always" },
  },
  {
    name: "a scheduler that gives up who came back in time",
    file: scheduler,
    find: "peer.stopBound?.()\n        return peer.link.resume",
    replace: "return peer.link.resume",
    killedBy: {
      file: "resume",
      race: "who came back in time is not given up later, when its time would have been over (R33, R22, G5)",
      red: "always",
    },
  },
  {
    name: "a scheduler that gives a worker that came back nothing more",
    file: connection,
    find: 'return move("worker", { _tag: "Resume" }, { _tag: "ReadmitWorker" })',
    replace: 'return move("worker", { _tag: "Resume" })',
    killedBy: { file: "resume", race: result, red: "G7" },
  },
  {
    name: "a scheduler that gives tasks to a worker that is away",
    file: seat,
    find: "if (draining || away) return 0",
    replace: "if (draining) return 0",
    killedBy: {
      file: "resume",
      race: "a task goes to no worker that is away, so it needs one attempt (R6, G9)",
      red: "body",
    },
  },
  {
    name: "a scheduler that keeps the tasks of a worker that it gave up",
    file: connection,
    find: 'case "GivenUp":\n      return move("ended", ...loss(state))',
    replace: 'case "GivenUp":\n      return move("ended")',
    killedBy: {
      file: "resume",
      race: "a worker that is away for too long is lost, and its task is run by another (R6, G5, G6, G9)",
      red: "always",
    },
  },
]
