/** What the search needs to know of what it searches: what can happen next, and what a step touched. */

/** Something that may happen next. */
export interface Happening {
  /**
   * Names the same thing in every execution: after the same steps at the places it touches it has the
   * same name, whatever happened elsewhere. Two that can happen at once have different names.
   */
  readonly id: string
}

/**
 * What a step touched. Places are bits: the nodes of a cluster, the variables of a program, a shared
 * budget.
 *
 * Two steps commute when neither acts where the other acts or looks. All of the reduction rests on
 * this being true.
 */
export interface Footprint {
  /** The places whose state the step may have changed. */
  readonly acts: number
  /** The places it looked at. */
  readonly sees: number
  /** The numbers of earlier steps without which it could not have happened; negative ones are left out. */
  readonly causes: ReadonlyArray<number>
  /**
   * Whether it could happen only because nothing else could, as a timer does that waits until all is
   * quiet. Every earlier step is a cause of it, and it acts everywhere: time has passed for all.
   */
  readonly isLast: boolean
}

/** One execution in the making. Its behaviour depends on nothing but the steps applied. */
export interface System<H extends Happening = Happening> {
  /**
   * What can happen next. Nothing: the execution is complete.
   *
   * Something becomes possible by a step that it names among its causes, and impossible by a step at
   * a place it touches, or by a choice against it. One that also needs something elsewhere not to have
   * happened yet is never seen where that came first. One that waits until a place has some state (a
   * lock) keeps neither: let it try and fail, or search with the reduction `sleep`, which needs neither.
   */
  readonly enabled: () => ReadonlyArray<H>
  /** Lets one of them happen. */
  readonly apply: (happening: H) => Footprint
}

/** Where a step acted and looked. */
export type Touched = Pick<Footprint, "acts" | "sees" | "isLast">

/** Whether the order of two steps matters. */
export const conflict = (one: Touched, other: Touched): boolean =>
  one.isLast ||
  other.isLast ||
  (one.acts & (other.acts | other.sees)) !== 0 ||
  (one.sees & other.acts) !== 0
