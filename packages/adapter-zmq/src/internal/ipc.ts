/** ZeroMQ takes the path of an `ipc` address away from whoever listens there. So one looks first. */
import { once } from "node:events"
import { connect } from "node:net"

/** Whether a path is one of a file that we name: not any, and not one of Linux' names without files. */
export const isFile = (path: string): boolean => path !== "*" && !path.startsWith("@")

/** Whether somebody listens at a path. A file that is left of one who died does not count. */
export const isListenedAt = async (path: string): Promise<boolean> => {
  if (path === "*") return false
  const socket = connect(path.startsWith("@") ? `\0${path.slice(1)}` : path)
  try {
    await once(socket, "connect")
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
