import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { type CallOptions, connectEngine, type Engine, type OperationName } from '../../contract/index.ts'
import { createRestServer, type RestServerOptions } from './server.ts'
import { unixTransport } from './unix-transport.ts'

type Fake = (input: never, options: CallOptions) => unknown

/** What tests of the REST API have: a server over a fake engine, an Engine connected to it, and its socket. */
export interface RestFixture extends AsyncDisposable {
  remote: Engine
  socket: string
  /** Sends bytes as they are and resolves with all that comes back until the server ends, or after `ms`. */
  raw(text: string, ms?: number): Promise<string>
}

/** Serves `fake`, an engine that has only the operations a test needs, on a socket of its own. */
export async function serveFake(
  fake: Partial<Record<OperationName, Fake>>,
  options: RestServerOptions = {},
): Promise<RestFixture> {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-rest-'))
  const socket = path.join(folder, 'api.sock')
  const silent = () => {}
  const server = createRestServer(fake as unknown as Engine, {
    log: { error: silent, warn: silent, info: silent, debug: silent },
    ...options,
  })
  await server.listen(socket)
  const transport = unixTransport(socket)
  return {
    remote: connectEngine(transport),
    socket,
    raw: (text, ms = 2000) => exchange(socket, text, ms),
    async [Symbol.asyncDispose]() {
      transport.close()
      await server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function exchange(socketPath: string, text: string, ms: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath, () => socket.write(text))
    let received = ''
    const timer = setTimeout(() => socket.destroy(), ms)
    socket.on('data', (data) => (received += data.toString('latin1')))
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(received)
    })
  })
}
