const actions = new Set<() => void>()

/**
 * Runs `action` when this process exits, except by a signal. For resources that others would wait for without end, such as a pipe
 * that a thread reads with a blocking call, since a process exits only once its threads have.
 * @param action synchronous; failures are skipped.
 * @returns a function that unregisters it.
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
      // The other actions must run as well, and no one is left to report to.
    }
  }
}
