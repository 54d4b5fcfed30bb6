import type { Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { Context } from '../context.ts'
import { networkFilter, pruneFilters } from './filter.ts'
import { allNetworks, keeperOf } from './find.ts'
import { networkUsers } from './members.ts'
import { removeUnused } from './remove.ts'

/** Removes the networks that no container has, running or not. What cannot be removed is reported; the rest is removed. */
export async function prune(context: Context, { filters }: Parsed<'network.prune'>): Promise<Output<'network.prune'>> {
  const wanted = await networkFilter(filters, () => false, pruneFilters)
  const { defaultNetwork } = (await context.conf()).network
  const users = networkUsers(context)
  const idle = (await allNetworks(context)).filter(
    (info) => keeperOf(context, info.name) === 'own' && info.name !== defaultNetwork && !users.has(info.name) && wanted(info),
  )
  const reports: Output<'network.prune'> = []
  for (const info of idle) {
    try {
      await removeUnused(context, info)
      reports.push({ Name: info.name, Error: null })
    } catch (error) {
      // A container joined it meanwhile.
      if (!EngineError.is(error, 'NetworkInUse')) reports.push({ Name: info.name, Error: EngineError.from(error).message })
    }
  }
  return reports
}
