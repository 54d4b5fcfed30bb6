import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

import { hasUserManager, userUnits } from '../../adapters/systemd.ts'
import { EngineError } from '../../errors/index.ts'
import { writeFileAtomic } from '../../lib/files/atomic-file.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { ownFolder, ownSocket } from './read-usage.ts'

const unit = 'berth-usage.service'

/** Starts a service of this user's that records from now on, and with each start of their service manager. */
export const usageEnable: Verb<'usage.enable'> = async (context) => {
  requireManager(context)
  const file = unitFile(context)
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  await writeFileAtomic(file, unitText(context))
  await userUnits(['daemon-reload'])
  await userUnits(['enable', '--now', unit])
}

/** Ends that service and removes it; what it recorded stays. */
export const usageDisable: Verb<'usage.disable'> = async (context) => {
  requireManager(context)
  const file = unitFile(context)
  if (!isOurs(file)) throw new EngineError('NotFound', `There is no service ${unit} of yours.`, { details: { path: file } })
  await userUnits(['disable', '--now', unit])
  rmSync(file, { force: true })
  await userUnits(['daemon-reload'])
}

function requireManager({ identity }: Context): void {
  if (!identity.rootless)
    throw new EngineError(
      'NotSupported',
      'Root records with the service of the host: run "systemctl enable --now berth-usage.service", or start the console.',
    )
  if (!hasUserManager())
    throw new EngineError(
      'NotSupported',
      'Users have no services on this host, since systemd does not run here: history is recorded while you use Berth.',
    )
}

function unitFile({ identity }: Context): string {
  const config = process.env['XDG_CONFIG_HOME']
  return path.join(
    config && path.isAbsolute(config) ? config : path.join(identity.home || os.homedir(), '.config'),
    'systemd/user',
    unit,
  )
}

const mark = '# Written by berth usage enable.'

function isOurs(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').startsWith(mark)
  } catch {
    return false
  }
}

/** In systemd's syntax `%` begins a specifier, and words with other letters are quoted (systemd.unit(5)). */
const word = (text: string): string =>
  `"${text.replaceAll('%', '%%').replaceAll(/["\\$]/g, (sign) => (sign === '$' ? '$$' : `\\${sign}`))}"`

function unitText(context: Context): string {
  const [program = '', ...first] = context.self
  const launcher = process.env['BERTH_LAUNCHER'] ?? program
  const command = [launcher, ...(launcher === program ? first : []), '--outside', '--entry=usage', '--folder', ownFolder(context)]
  return `${mark}
[Unit]
Description=History of resource use of Berth containers

[Service]
ExecStart=${[...command, '--socket', ownSocket(context)].map(word).join(' ')}
Restart=on-failure
RestartSec=5
NoNewPrivileges=yes
Nice=10

[Install]
WantedBy=default.target
`
}
