import type { Output, Parsed } from '../../contract/index.ts'
import type { NetworkInfo } from '../../adapters/netavark.ts'
import { EngineError } from '../../errors/index.ts'
import type { Context } from '../context.ts'
import { networkAnswer } from './answer.ts'
import { allNetworks } from './find.ts'

const filters: Record<string, (network: NetworkInfo & { labels?: Record<string, string> }, wanted: string) => boolean> = {
  name: ({ name }, wanted) => name.includes(wanted),
  id: ({ id }, wanted) => id.startsWith(wanted),
  driver: ({ driver }, wanted) => driver === wanted,
  label: ({ labels = {} }, wanted) => {
    const at = wanted.indexOf('=')
    return at < 0 ? wanted in labels : labels[wanted.slice(0, at)] === wanted.slice(at + 1)
  },
}

/** Lists networks; of several values of one filter any must fit, of several filters all. */
export async function list(context: Context, input: Parsed<'network.list'>): Promise<Output<'network.list'>> {
  const wanted = Object.entries(input.filters)
  for (const [name] of wanted) {
    if (!Object.hasOwn(filters, name))
      throw new EngineError('InvalidArgument', `invalid filter ${JSON.stringify(name)}`, { details: { filter: name } })
  }
  const networks = await allNetworks(context)
  const found = networks.filter((network) =>
    wanted.every(([name, values]) => values.some((value) => filters[name]?.(network, value))),
  )
  return found.map(networkAnswer)
}
