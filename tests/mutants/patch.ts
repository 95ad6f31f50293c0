/** A change of a source, as text. */

/** `find` is in `file` exactly once, and `replace` comes in its place. */
export interface Patch {
  /** A path from the root of the repository. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** The text with the patch; throws if there is not exactly one place for it. */
export const patchedText = (source: string, { file, find, replace }: Patch): string => {
  const parts = source.split(find)
  if (parts.length === 2) return parts.join(replace)
  throw new Error(
    `${file} has ${parts.length - 1} places for a patch, not one; mend its mutant's \`find\`:\n${find}`,
  )
}
