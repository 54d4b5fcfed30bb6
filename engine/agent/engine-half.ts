// The engine half of an ordinary user's agent: runs within their namespaces and answers REST to the agent alone,
// over the socket pair that is its standard output. Ends with the agent.
import { Socket } from 'node:net'
import { EngineError } from '../errors/index.ts'
import { openEngineService } from './engine-service.ts'
import { openMux } from './mux.ts'

delete process.env['BERTH_NODE_FLAGS']

async function main(): Promise<void> {
  const engine = await openEngineService()
  const carrier = new Socket({ fd: 1, readable: true, writable: true })
  const mux = openMux(carrier, { odd: false, accept: (connection) => engine.handle(connection) })
  mux.greet()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => mux.close())
  await mux.closed
  await engine.close()
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`Error: ${EngineError.from(error).message}\n`)
    process.exit(125)
  },
)
