const actions = new Set<() => void>()

/**
 * Does something when this process exits, in whatever way but by a signal: for what others wait for without end, such as a pipe that
 * a thread reads with a call that blocks, since a process only exits once its threads have.
 * @param action synchronous; failures are passed over.
 * @returns takes it back.
 */
export function atExit(action: () => void): () => void {
  if (actions.size === 0) process.on('exit', runAll)
  actions.add(action)
  return () => {
    actions.delete(action)
    if (actions.size === 0) process.off('exit', runAll)
  }
}

function runAll(): void {
  for (const action of actions) {
    try {
      action()
    } catch {
      // The others count as well, and nobody listens any more.
    }
  }
}
