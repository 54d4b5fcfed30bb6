import { realpathSync, statSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'

const zones = '/usr/share/zoneinfo'

/**
 * The host's file of a time zone: one below /usr/share/zoneinfo, or for `local` the host's own. Nothing for an empty name, and for
 * `local` on a host that has none.
 *
 * @throws EngineError `InvalidArgument` for a zone that the host does not have, with podman's message.
 */
export function timezoneFile(name: string): string | undefined {
  if (name === '') return undefined
  if (name === 'local') return isFile('/etc/localtime') ? realpathSync('/etc/localtime') : undefined
  const file = path.resolve(zones, name)
  if (file.startsWith(`${zones}/`) && isFile(file)) return file
  throw new EngineError('InvalidArgument', `finding timezone: unknown time zone ${name}: this host has no ${file}`, {
    details: { timezone: name },
  })
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
}
