/** How things are named on the wire. */

/**
 * A task's number, from 1 up, unique within the session that numbers it.
 *
 * Clients number the tasks they submit. The scheduler numbers them again for its workers, because
 * two clients may use the same number. Integers, because integer-keyed tables are twice as fast as
 * string-keyed ones at a million entries.
 */
export type TaskNumber = number

/** A peer's name, unique among the peers of one transport. */
export type PeerId = string

/** The name under which a scheduler accepts clients and workers, unless told otherwise. */
export const schedulerPeer: PeerId = "scheduler"
