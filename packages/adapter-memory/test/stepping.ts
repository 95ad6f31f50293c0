/** Taking a world's steps by their names. */
import { type Footprint, World, type WorldNode, type WorldOptions } from "@scaler-ts/adapter-memory"
import assert from "node:assert/strict"
import { frame, writingTo } from "./listening.ts"

/** What can happen next, by name. */
export const idsOf = (world: World): ReadonlyArray<string> => world.enabled().map(({ id }) => id)

/** Lets what is named happen; it must be possible. */
export const take = (world: World, id: string): Footprint => {
  const found = world.enabled().find((one) => one.id === id)
  assert.ok(found !== undefined, `"${id}" cannot happen, only [${idsOf(world).join(", ")}]`)
  return world.apply(found)
}

/** A node that writes down what it hears. */
export interface Peer {
  readonly node: WorldNode
  readonly heard: Array<string>
  /** Sends at once, as the node itself would. */
  readonly send: (to: string, bytes: Uint8Array) => boolean
}

/** A world of nodes that write down what they hear, after they began to listen. */
export const worldOf = (
  names: ReadonlyArray<string>,
  options: WorldOptions = {},
): { readonly world: World; readonly peers: ReadonlyArray<Peer> } => {
  const world = new World(options)
  const peers = names.map((name): Peer => {
    const node = world.join(name)
    const heard: Array<string> = []
    world.actAt(node, () => node.transport.listen(writingTo(heard)))
    const send: Peer["send"] = (to, bytes) =>
      world.actAt(node, () => node.transport.send(to, bytes))
    return { node, heard, send }
  })
  world.wake()
  return { world, peers }
}

/** Two who have spoken, and a third who has not. */
export const spoken = (options: WorldOptions): ReturnType<typeof worldOf> => {
  const made = worldOf(["a", "b", "c"], options)
  made.peers[0]?.send("b", frame(0))
  made.world.settle()
  return made
}
