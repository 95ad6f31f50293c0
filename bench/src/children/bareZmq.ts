/** The one in the middle of a bare chain, or its worker: `scheduler batched`, `worker raw <address>`. */
import process from "node:process"
import { Dealer, Router } from "zeromq"
import { Batch, messagesOf, receiveAll, socketOptions } from "../bareZmq.ts"

const [, , role, kind, address = "tcp://127.0.0.1:*"] = process.argv

const scheduler = async (): Promise<void> => {
  const socket = new Router(socketOptions)
  await socket.bind(address)
  const to = (name: string) => (frame: Uint8Array) => void socket.send([name, frame])
  const ways = { client: to("worker"), worker: to("client") }
  const batches = { client: new Batch(ways.client), worker: new Batch(ways.worker) }
  receiveAll(socket, ([from, frame]) => {
    if (from === undefined || frame === undefined) return
    const side = from.toString() === "client" ? "client" : "worker"
    if (kind === "raw") return ways[side](frame)
    for (const message of messagesOf(frame)) batches[side].add(message)
  })
  console.log(socket.lastEndpoint)
}

const worker = (): void => {
  const socket = new Dealer({ ...socketOptions, routingId: "worker" })
  socket.connect(address)
  const send = (frame: Uint8Array): void => void socket.send(frame)
  const batch = new Batch(send)
  receiveAll(socket, ([frame]) => {
    if (frame === undefined) return
    if (kind === "raw") return send(frame)
    for (const [task, name, input] of messagesOf(frame)) batch.add([task, name, input.slice()])
  })
  console.log("ready")
}

if (role === "worker") worker()
else await scheduler()
