// The program: as examples/first.ts, but for the two lines that say where the cluster is.
// node client.ts tcp://127.0.0.1:5555
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { connect } from "@scaler-ts/future/promise"
import { tasks } from "./tasks.ts"

const [, , address = "tcp://127.0.0.1:5555"] = process.argv

await using cluster = await connect(ZmqTransport.layer(address))
const pause = cluster.submit(tasks.pause, 60_000)
console.log(await cluster.submit(tasks.square, 12))
console.log(await pause.cancel())
