// Installs what package-lock.json asks for, when it asks for more than is there.
//
// Plain JavaScript for the system's own Node (20 is enough): it runs before the Node 24 of
// the devDependency exists.
import { spawnSync } from "node:child_process"
import { statSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const changedMs = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

const wanted = Math.max(changedMs("package-lock.json"), changedMs("package.json"))
if (wanted > changedMs("node_modules/.package-lock.json")) {
  console.error("scaler-ts: installing dependencies (once; about half a minute) …")
  const install = ["install", "--no-audit", "--no-fund", "--loglevel=error"]
  const npm = process.env.npm_execpath
  const [command, args] = npm ? [process.execPath, [npm, ...install]] : ["npm", install]
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] })
  if (result.status !== 0) {
    console.error("scaler-ts: npm install failed; mend what it says above and try again.")
    process.exit(result.status ?? 1)
  }
}
