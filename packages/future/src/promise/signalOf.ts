/** The signal of a call, if it has one. Throws for what is no signal: untyped programs may pass anything. */
export const signalOf = ({
  signal,
}: {
  readonly signal?: AbortSignal
}): AbortSignal | undefined => {
  if (signal === undefined) return undefined
  const given: unknown = signal
  if (typeof given === "object" && given !== null && "addEventListener" in given) return signal
  throw new TypeError("signal is not an AbortSignal; pass the signal of the controller")
}
