/**
 * The platform services that Effect's command parser asks for and that this command never uses.
 *
 * They serve file flags, prompts and the wizard; without those the real ones would only cost
 * `--help` 100 ms and every user the install of @effect/platform-node.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import type { Environment } from "effect/cli/Command"

const unused = Effect.die(new Error("The command line has no prompts and starts no processes."))

export const noPlatform: Layer.Layer<Environment> = Layer.mergeAll(
  FileSystem.layerNoop({}),
  Path.layer,
  Stdio.layerTest({}),
  Layer.succeed(
    Terminal.Terminal,
    Terminal.make({
      columns: unused,
      rows: unused,
      size: unused,
      readInput: unused,
      readLine: unused,
      display: () => unused,
    }),
  ),
  Layer.succeed(
    ChildProcessSpawner.ChildProcessSpawner,
    ChildProcessSpawner.make(() => unused),
  ),
)
