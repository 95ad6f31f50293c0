/** How much memory the process uses that runs this, in MiB. JavaScript, because it is sent to others as text. */
export const memoryOf = (readFileSync) => {
  const mib = process.memoryUsage.rss() / 1048576
  if (process.platform !== "linux") return { mib, ownMib: Number.NaN }
  const rollup = readFileSync("/proc/self/smaps_rollup", "latin1")
  const own = rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)
  return { mib, ownMib: [...own].reduce((sum, [, kib]) => sum + Number(kib), 0) / 1024 }
}
