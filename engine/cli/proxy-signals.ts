import type { Engine } from '../contract/index.ts'

const proxied = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGALRM'] as const

/** Sends the signals that we get to a container, until the returned function is called. */
export function proxySignals(api: Engine, name: string): () => void {
  const handlers = proxied.map((signal) => [signal, () => void api['container.kill']({ name, signal }).catch(() => {})] as const)
  for (const [signal, handler] of handlers) process.on(signal, handler)
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler)
  }
}
