import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
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

/** What a console is started with. */
export interface ConsoleStart {
  /** The build, and a folder of the run, which has a registries.conf. */
  stage: { dist: string; folder: string }
  name: string
  /** Further flags of `berth console`. */
  flags?: readonly string[]
  /** A line of shell that runs in its namespace before it. */
  prepare?: string
}

/** Starts the console with its login service, server and PAM service. Accounts are the machine's. */
export async function startConsoleProcess({ stage, name, flags = [], prepare = ':' }: ConsoleStart): Promise<Console> {
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
