import { chmodSync, chownSync, copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { berthAs } from '../support/berth.ts'
import { freePort } from '../support/free-port.ts'
import { eventually } from '../support/processes.ts'
import { type Service, startInNamespace } from './processes.ts'

/** The console as `npm start` runs it for everyone on a machine. */
export interface Console {
  readonly url: string
  readonly service: Service
  stop(): Promise<void>
}

/** Root's password inside the console's namespace; alice's and bob's are their names. */
export const rootPassword = 'harbour master'

/**
 * Gives an ordinary user the registries of this run. What the console's namespace has in /etc is not what every session sees: one
 * that finds the user's namespace already made outside joins that. Answers with its undoing.
 */
export function giveRegistries(name: string): () => void {
  const { home, uid, gid } = berthAs(name).user
  const folder = join(home, '.config/containers')
  const file = join(folder, 'registries.conf')
  for (const each of [join(home, '.config'), folder]) {
    mkdirSync(each, { recursive: true, mode: 0o700 })
    chownSync(each, uid, gid)
  }
  copyFileSync(join(inject('stage').folder, 'registries.conf'), file)
  chownSync(file, uid, gid)
  chmodSync(file, 0o600)
  return () => rmSync(file, { force: true })
}

/**
 * Starts the console with its login service, server and PAM service. Accounts are the machine's. `flags` are further ones
 * of `berth console`; `prepare` is a line of shell that runs in its namespace before it.
 */
export async function startConsole(
  name = 'console',
  { flags = [], prepare = ':' }: { flags?: readonly string[]; prepare?: string } = {},
): Promise<Console> {
  const stage = inject('stage')
  const folder = join(stage.folder, name)
  const etc = join(folder, 'etc')
  mkdirSync(join(etc, 'pam.d'), { recursive: true })
  mkdirSync(join(etc, 'containers'), { recursive: true })
  copyFileSync(join(import.meta.dirname, '../../packaging/pam/berth'), join(etc, 'pam.d/berth'))
  copyFileSync(join(stage.folder, 'registries.conf'), join(etc, 'containers/registries.conf'))
  const port = await freePort()
  const command = [
    'sh',
    '-c',
    `${prepare} && exec "$@"`,
    'sh',
    join(stage.dist, 'bin/berth'),
    'console',
    '--port',
    String(port),
    ...flags,
  ]
  const service = startInNamespace(folder, command, { TEST_ROOT_PASSWORD: rootPassword })
  const url = `https://127.0.0.1:${port}`
  try {
    await eventually(
      'the console',
      () =>
        service.output().includes('The console is at') ||
        (service.child.exitCode !== null && Promise.reject(new Error(service.output()))),
      30_000,
    )
  } catch (error) {
    await service.stop()
    throw new Error(`The console did not start: ${service.output()}`, { cause: error })
  }
  return { url, service, stop: () => service.stop() }
}
