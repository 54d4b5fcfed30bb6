import type { NetworkInfo } from '../../adapters/netavark.ts'
import type { Network } from '../../contract/index.ts'

/** A network as libpod's API shows it: the same document that netavark reads. */
export function networkAnswer(info: NetworkInfo): Network {
  return { ...info, created: info.created ?? '', subnets: info.subnets.map((subnet) => ({ ...subnet })) }
}
