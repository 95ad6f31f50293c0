import type { ClientObserver } from "../Observer.ts"

const nothing = (): void => {}

/** Nobody watches. */
export const nobody: ClientObserver = {
  submitted: nothing,
  attached: nothing,
  awaited: nothing,
  cancelAsked: nothing,
  answered: nothing,
  gaveUp: nothing,
  ended: nothing,
}
