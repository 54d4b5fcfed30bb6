import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { isIP } from '../../../lib/host/ip-version.ts'

/**
 * Whether lines for /etc/hosts can be written: `name[;name]:address`, where the address may be `host-gateway`.
 *
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export function checkHosts({ hostadd, use_image_hosts: image }: Pick<ContainerSpec, 'hostadd' | 'use_image_hosts'>): void {
  if (!hostadd?.length) return
  if (image) throw invalid('--no-hosts and --add-host cannot be set together')
  for (const entry of hostadd) {
    const colon = entry.indexOf(':')
    const names = entry.slice(0, Math.max(0, colon)).split(';')
    if (colon < 1 || names.some((name) => name === '')) throw invalid(`bad format for add-host: ${JSON.stringify(entry)}`)
    const address = entry.slice(colon + 1).replace(/^\[(.*)\]$/, '$1')
    if (address !== 'host-gateway' && isIP(address) === 0)
      throw invalid(`invalid IP address in add-host: ${JSON.stringify(entry.slice(colon + 1))}`)
  }
}

function invalid(message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field: 'hostadd' } })
}
