// The engine half of an ordinary user's agent: serves REST within their namespaces, on a socket whose path is the only line of its
// output. Ends with the agent, which holds the other end of its input.
import { Socket } from 'node:net'
import { EngineError } from '../errors/index.ts'
import { closeOnExec } from '../lib/sys/index.ts'
import { openEngineService } from './engine-service.ts'
import { tasksLine } from './half-process.ts'
import { listenAsHalf } from './half-socket.ts'

/** Close timeout, in milliseconds. */
const closeTimeout = 5_000

delete process.env['BERTH_NODE_FLAGS']
closeOnExec()

async function main(): Promise<void> {
  // They have no reader once the agent was killed.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {})
  const now = new AbortController()
  const ended = agentEnd(now)
  const engine = await openEngineService()
  const listening = await listenAsHalf(engine.runRoot, (connection) => engine.handle(connection))
  process.stdout.write(`${listening.path}\n`)
  await ended
  if (engine.tasks > 0) process.stdout.write(`${tasksLine}\n`)
  else setTimeout(() => process.exit(), closeTimeout).unref()
  await listening.close()
  await engine.close(now.signal)
}

/** Resolves when the agent has exited, or asks this process to; a signal aborts `now`, also later. */
function agentEnd(now: AbortController): Promise<void> {
  return new Promise((resolve) => {
    const input = new Socket({ fd: 0, readable: true, writable: false })
    for (const event of ['end', 'close', 'error']) input.once(event, () => resolve())
    input.resume()
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.on(signal, () => {
        now.abort()
        resolve()
      })
  })
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`Error: ${EngineError.from(error).message}\n`)
    process.exit(125)
  },
)
