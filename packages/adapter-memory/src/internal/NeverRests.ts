/** What follows from one step goes on for ever. */
export class NeverRests extends Error {
  readonly _tag = "NeverRests"
  constructor(name: string, turns: number) {
    super(neverRests(name, turns))
    this.name = "NeverRests"
  }
}

const neverRests = (name: string, turns: number): string =>
  `${name} took ${turns} turns and still has not come to rest; something on it waits by asking again and again`
