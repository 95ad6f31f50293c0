/** The one procedure that client and server share. */
import * as Schema from "effect/Schema"
import * as Rpc from "effect/rpc/Rpc"
import * as RpcGroup from "effect/rpc/RpcGroup"
import { names } from "../functions.ts"

export class Functions extends RpcGroup.make(
  Rpc.make("call", {
    payload: {
      name: Schema.Literals(names),
      file: Schema.String,
      ms: Schema.Number,
    },
    success: Schema.String,
    error: Schema.String,
  }),
) {}
