/** Aborted by the first Ctrl-C, SIGTERM or SIGHUP, so that what follows something ends in order. The second one kills. */
export function signalWhenInterrupted(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort())
  return controller.signal
}
