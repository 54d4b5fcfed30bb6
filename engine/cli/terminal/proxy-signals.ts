import type { Engine } from '../../contract/index.ts'

const proxied = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGALRM'] as const

/**
 * Sends the signals that we get to a container, in their order, until the returned function is called.
 *
 * @param started resolves once the container is known to run: until then its engine would refuse them, and they wait.
 */
export function proxySignals(
  api: Pick<Engine, 'container.kill'>,
  name: string,
  started: Promise<void> = Promise.resolve(),
): () => void {
  let before: Promise<unknown> = started
  const send = (signal: string) => {
    before = before.then(() => api['container.kill']({ name, signal })).catch(() => {})
  }
  for (const signal of proxied) process.on(signal, send)
  return () => {
    for (const signal of proxied) process.off(signal, send)
  }
}
