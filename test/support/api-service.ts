import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { Berth } from './berth.ts'
import { end, eventually, run } from './processes.ts'
import { environment } from './users.ts'

/** A running `berth system service`. */
export interface ApiService {
  readonly pid: number
  /** The path of its socket. */
  readonly socket: string
  /** A folder of this test's own, which belongs to the service's user. */
  readonly folder: string
  /** The environment in which Docker's and Podman's clients find it. */
  readonly env: Record<string, string>
  /** What it has written to stderr. */
  log(): string
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** Starts the API service of `berth` on a socket that is named after its client. */
export async function startApiService(berth: Berth, client: string): Promise<ApiService> {
  const folder = join(berth.root ? inject('stage').folder : berth.user.runtime, client)
  const socket = join(folder, 'api.sock')
  mkdirSync(folder, { recursive: true })
  await run('chown', [`${berth.user.uid}:${berth.user.gid}`, folder])
  const child = berth.start('system', 'service', '--time', '0', `unix://${socket}`)
  let log = ''
  child.stderr!.on('data', (data: Buffer) => (log = (log + data.toString()).slice(-100_000)))
  child.stdout!.resume()
  await eventually('the socket', () => existsSync(socket))
  return {
    pid: child.pid!,
    socket,
    folder,
    env: {
      ...environment(berth.user),
      DOCKER_HOST: `unix://${socket}`,
      CONTAINER_HOST: `unix://${socket}`,
      DOCKER_CONFIG: join(folder, 'config'),
    },
    log: () => log,
    async stop() {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
