/** The version of the protocol. Apart from the rest, for whoever only wants to say it. */

/** Peers of another major version do not understand each other. */
export const versionMajor = 1

/** A newer minor version may add kinds and trailing fields; both are skipped by an older peer. */
export const versionMinor = 3
