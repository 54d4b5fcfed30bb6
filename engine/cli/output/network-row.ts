import type { Network } from '../../contract/networks.ts'
import { shortId } from '../../spec/name.ts'
import { row, typed } from './template/typed.ts'
import { networkTypes } from './template/types/network.ts'

/** A network of a list, as podman's templates name its fields. */
export function networkRow(network: Network, long: boolean) {
  const id = long ? network.id : shortId(network.id)
  const labels = Object.entries(network.labels ?? {}).map(([name, value]) => `${name}=${value}`)
  const value = typed(networkTypes, 'types.Network', network) as object
  return row('network.ListPrintReports', 'Network', value, { ID: id, Id: id, Labels: labels.join(',') }, { json: network })
}
