/** Who hangs is soon taken for dead, and who was lost is not waited for long. */
export const times = { resumeMs: 300, silenceMs: 3_000 }
export const transportTimes = { silenceMs: 3_000, connectMs: 60_000, lingerMs: 1_000 }
