// What `npm start` shows: a real job on all cores, and a cancel that is confirmed.
import { spawnSync } from "node:child_process"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
// npm has put the devDependency's Node first in PATH; started by hand, this may be an older one.
const node = join(root, "node_modules", ".bin", "node")

const show = (title, shown, args) => {
  console.log(`\n${title}\n\n  ${shown}\n`)
  // What Node compiles it keeps within the folder.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, ".cache", "compile") }
  const { status, signal } = spawnSync(node, args, { cwd: root, env, stdio: "inherit" })
  if (status !== 0) process.exit(status ?? (signal === "SIGINT" ? 130 : 1))
}

// The terminal sends Ctrl-C to the child as well; it cancels and reports, and its exit code ends us.
process.on("SIGINT", () => {})

const job = ["map", "examples/tasks/compress.ts#compress", "node_modules/effect/src/**/*.ts"]
show(
  "1. Compress every source file of Effect, on all cores (try Ctrl-C):",
  `scaler-ts ${job[0]} ${job[1]} '${job[2]}' --rows 20`,
  ["apps/cli/dist/main.js", ...job, "--rows", "20"],
)
show("2. Cancel a task that never ends and never listens:", "node examples/cancel.ts", [
  "examples/cancel.ts",
])
