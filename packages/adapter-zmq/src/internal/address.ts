/** Where a hub listens: `tcp://host:port` or `ipc://path`, and whether others than this machine can reach it. */

export interface Address {
  readonly text: string
  readonly kind: "tcp" | "ipc"
  /** The host of a `tcp` address, the path of an `ipc` one. */
  readonly place: string
}

/** Throws a `RangeError` for what is no address, and for one beyond this machine that nobody has said is meant. */
export const checkedAddress = (text: string, isMeant: boolean): Address => {
  const address = parsed(text)
  if (address === undefined) {
    throw new RangeError(
      `"${text}" is no address; give tcp://host:port, such as tcp://127.0.0.1:5555, or ipc://path`,
    )
  }
  if (address.kind === "tcp" && !isLoopback(address.place) && !isMeant) {
    throw new RangeError(
      `${text} is reached from beyond this machine, and nothing on the way is encrypted or asked who it is; ` +
        "give keysFile and what belongs to it, or tcp://127.0.0.1:port or ipc://path, or insecure: true if the network is trusted",
    )
  }
  return address
}

const parsed = (text: string): Address | undefined => {
  const tcp = /^tcp:\/\/(.+):(\d+|\*)$/.exec(text)
  if (tcp?.[1] !== undefined) return { text, kind: "tcp", place: tcp[1] }
  const ipc = /^ipc:\/\/(.+)$/.exec(text)
  if (ipc?.[1] !== undefined) return { text, kind: "ipc", place: ipc[1] }
  return undefined
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host)
