/** `scaler-ts config`: every setting, its value, and who said so. */
import { type ExitCode, exitCodes } from "../CommandError.ts"
import { inColumns } from "../columns.ts"
import type { Invocation } from "../invocation.ts"
import type { Kind } from "../settings/kinds.ts"
import { keys, settings as table, variableOf, type Key } from "../settings/settings.ts"

export const config = async ({ out, settings }: Invocation): Promise<ExitCode> => {
  const rows = keys.map((key) => {
    const { from, value } = settings.resolve(key)
    return { key, text: textOf(key, value), from }
  })
  for (const { from, key, text } of rows) {
    out.record("setting", { key, value: text ?? null, from, variable: variableOf(key) })
  }
  const lines = inColumns(
    [
      { title: "setting", cell: ({ key }) => key },
      { title: "value", cell: ({ text }) => text ?? "-" },
      { title: "from", cell: ({ from }) => from },
      { title: "variable", cell: ({ key }) => variableOf(key) },
    ],
    rows,
  )
  for (const line of lines) out.line(line)
  out.say(
    settings.file === undefined
      ? "No file was read: there is no scaler.toml here, and none where configuration is kept."
      : `The file that was read is ${settings.file.path}.`,
  )
  return exitCodes.success
}

const textOf = (key: Key, value: unknown): string | undefined => {
  if (value === undefined) return undefined
  const kind = table[key].kind as unknown as Kind<unknown> // The value is of this very kind.
  return kind.write(value)
}
