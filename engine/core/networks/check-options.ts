import { isIP } from '../../lib/host/ip-version.ts'

import type { PerNetworkOptions } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'

/** Checks what is asked of one network, as far as that can be said without the network. @throws EngineError `InvalidArgument` */
export function checkNetworkOptions({ static_ips, static_mac, aliases, interface_name }: PerNetworkOptions): void {
  for (const address of static_ips ?? [])
    if (isIP(address) === 0 || address.includes('%'))
      throw bad('static_ips', `The address ${JSON.stringify(address)} (--ip, --ip6) cannot be given: it is not an IP address.`)
  if (static_mac && !/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(static_mac))
    throw bad('static_mac', `The address ${JSON.stringify(static_mac)} (--mac-address) is not one such as 92:d0:c6:0a:29:33.`)
  for (const alias of aliases ?? [])
    if (!/^[A-Za-z0-9_][\w.-]{0,252}$/.test(alias))
      throw bad('aliases', `The alias ${JSON.stringify(alias)} (--network-alias) is not a name that can be looked up.`)
  if (interface_name && !/^[^\s/:]{1,15}$/.test(interface_name))
    throw bad('interface_name', `The interface ${JSON.stringify(interface_name)} is not a name of up to 15 characters.`)
}

function bad(field: keyof PerNetworkOptions & string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field: `Networks.${field}` } })
}
