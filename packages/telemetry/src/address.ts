import { TelemetryFailed } from "./TelemetryFailed.ts"

/** Where a server listens. */
export interface Address {
  readonly host: string
  /** 0 for one that is free. */
  readonly port: number
}

const loopback = "127.0.0.1"

const form = /^(?:(?:\[(?<v6>[^\]]+)\]|(?<name>[^:[\]]*)):)?(?<port>\d{1,5})$/

/** What `host:port`, `[host]:port`, `:port` or a port alone means; without a host it is this machine alone. */
export const parseAddress = (text: string): Address | TelemetryFailed => {
  const { v6, name = "", port = "" } = form.exec(text.trim())?.groups ?? {}
  const number = Number(port)
  if (port !== "" && number <= 65_535) return { host: v6 ?? (name || loopback), port: number }
  return new TelemetryFailed(
    `${JSON.stringify(text)} is no address to serve metrics at; give host:port, such as ` +
      `127.0.0.1:9464 or [::1]:9464, a port alone for this machine, or port 0 for any that is free`,
  )
}

export const shownAddress = ({ host, port }: Address): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`
