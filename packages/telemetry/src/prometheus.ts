/** The metrics of a program, for Prometheus to fetch. */
import * as Effect from "effect/Effect"
import { format } from "effect/observability/PrometheusMetrics"
import type * as Scope from "effect/Scope"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { type Address, parseAddress, shownAddress } from "./address.ts"
import { TelemetryFailed } from "./TelemetryFailed.ts"

/** A server that listens. */
export interface Serving extends Address {
  /** Where the metrics are. */
  readonly url: string
}

/**
 * Serves what is in Effect's metric registry at `/metrics` of an address, in the text format of Prometheus,
 * until the scope closes.
 *
 * `address`: `host:port`, or a port alone for this machine only; with port 0 one that is free, which the
 * result tells. Whoever reaches it may read: give `0.0.0.0:9464` only where that is meant. Metrics are
 * read when they are asked for; what a scheduler has is there once it was told `publishMetrics`.
 * Fails with `TelemetryFailed` where it cannot listen.
 */
export const prometheus = (address: string): Effect.Effect<Serving, TelemetryFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const where = parseAddress(address)
    if (where instanceof TelemetryFailed) return yield* Effect.fail(where)
    // With the registry of whoever asks, which need not be the default one.
    const run = Effect.runPromiseWith(yield* Effect.context())
    const server = createServer((request, response) => {
      answer(request, response, () => run(format()))
    })
    yield* Effect.acquireRelease(listening(server, where), () => closed(server))
    const { port } = server.address() as AddressInfo
    const bound = { host: where.host, port }
    return { ...bound, url: `http://${shownAddress(bound)}${path}` }
  })

const path = "/metrics"

const answer = (
  { method, url = "" }: IncomingMessage,
  response: ServerResponse,
  read: () => Promise<string>,
): void => {
  const say = (status: number, text: string, headers: Record<string, string> = {}): void => {
    const type = "text/plain; charset=utf-8"
    response.writeHead(status, { "content-type": type, ...headers })
    response.end(method === "HEAD" ? undefined : text)
  }
  if (method !== "GET" && method !== "HEAD") {
    return say(405, "Only GET and HEAD are answered.\n", { allow: "GET, HEAD" })
  }
  if (url.split("?", 1)[0] !== path) return say(404, `The metrics are at ${path}.\n`)
  read().then(
    (text) => say(200, text, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }),
    (error: unknown) => say(500, `The metrics could not be read: ${String(error)}\n`),
  )
}

const listening = (server: Server, where: Address): Effect.Effect<void, TelemetryFailed> =>
  Effect.callback((resume) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      resume(Effect.fail(new TelemetryFailed(whyNot(where, error), { cause: error })))
    server.once("error", fail)
    server.listen(where.port, where.host, () => {
      server.off("error", fail)
      // The program does not live on for it.
      server.unref()
      resume(Effect.void)
    })
  })

const whyNot = (where: Address, { code, message }: NodeJS.ErrnoException): string => {
  const sentence = `metrics cannot be served at ${shownAddress(where)}: `
  switch (code) {
    case "EADDRINUSE":
      return `${sentence}something else listens there; give another port, or 0 for any that is free`
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${sentence}this machine has no such address; give one of its own, or 0.0.0.0 for all of them`
    case "EACCES":
      return `${sentence}this program may not listen there; give a port from 1024 on`
    default:
      return `${sentence}${message}`
  }
}

const closed = (server: Server): Effect.Effect<void> =>
  Effect.callback((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })
