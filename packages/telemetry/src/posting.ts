/** The client by which telemetry is sent: bounded, and with a word about what is not taken. */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import { HttpClientError, TransportError } from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"

/** A client each of whose requests takes so long at most. Of failures in a row the first is logged. */
export const postingTo = (timeoutMs: number): Layer.Layer<HttpClient.HttpClient> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) => {
      const failing = new Set<string>()
      const failed = (url: string, reason: string): Effect.Effect<void> => {
        if (failing.has(url)) return Effect.void
        failing.add(url)
        return Effect.logWarning(
          `telemetry is dropped, because ${url} did not take it: ${reason}. See what ` +
            "OTEL_EXPORTER_OTLP_ENDPOINT says and whether a collector is there; nothing more is said until it takes some",
        )
      }
      return HttpClient.transform(client, (sent, request) =>
        sent.pipe(
          Effect.timeoutOrElse({
            duration: timeoutMs,
            orElse: () => Effect.fail(tooLate(request, timeoutMs)),
          }),
          Effect.tap(({ status }) => {
            if (status >= 400) return failed(request.url, `it answered with status ${status}`)
            failing.delete(request.url)
            return Effect.void
          }),
          Effect.tapError((error) => failed(request.url, reasonOf(error))),
        ),
      )
    }),
  ).pipe(Layer.provide(FetchHttpClient.layer))

const tooLate = (request: HttpClientRequest, timeoutMs: number): HttpClientError =>
  new HttpClientError({
    reason: new TransportError({ request, description: `no answer within ${timeoutMs} ms` }),
  })

/** What `fetch` says of it is deeper down. */
const reasonOf = (error: HttpClientError): string => {
  const { reason } = error
  if (reason._tag !== "TransportError") return error.message
  const { cause } = reason
  const deeper = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  return reason.description ?? (deeper instanceof Error ? deeper.message : error.message)
}
