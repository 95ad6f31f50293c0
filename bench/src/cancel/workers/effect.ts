/** The functions, as a thread serves them over Effect's RPC. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeWorkerRunner from "@effect/platform-node/NodeWorkerRunner"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RpcServer from "effect/rpc/RpcServer"
import { call, type Input, type Name } from "../functions.ts"
import { Functions } from "./effectGroup.ts"

/** Interrupted, it aborts the signal and is over when the function is. */
const serve = (name: Name, input: Input): Effect.Effect<string, string> =>
  Effect.callback((resume, signal) => {
    const ended = Promise.resolve(call(name, input, signal)).then(
      (value) => resume(Effect.succeed(value)),
      (error: unknown) => resume(Effect.fail(String(error))),
    )
    return Effect.promise(() => ended)
  })

const handlers = Functions.toLayer({ call: ({ name, ...input }) => serve(name, input) })

const server = RpcServer.layer(Functions).pipe(
  Layer.provide(handlers),
  Layer.provide(RpcServer.layerProtocolWorkerRunner),
  Layer.provide(NodeWorkerRunner.layer),
)

NodeRuntime.runMain(Layer.launch(server))
