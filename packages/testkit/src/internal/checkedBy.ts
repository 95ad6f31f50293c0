/** Checks each option that is given, and refuses those that do not exist. `whose` names what they are of. */
export const checkedBy = <Options extends object>(
  checks: { readonly [Name in keyof Options]-?: (name: string, value: never) => unknown },
  options: Options,
  whose: string,
): void => {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      const known = Object.keys(checks).join(", ")
      throw new RangeError(`"${name}" is no option of ${whose}; there are ${known}`)
    }
    if (value !== undefined) checks[name as keyof Options](name, value as never)
  }
}
