import type { Output, Parsed } from '../../contract/index.ts'
import type { Context } from '../context.ts'
import { networkAnswer } from './answer.ts'
import { networkFilter } from './filter.ts'
import { allNetworks, keeperOf } from './find.ts'
import { networkUsers, runningMembers } from './members.ts'

/** Lists networks by name, on request with the containers that run in each. */
export async function list(context: Context, { filters, containers }: Parsed<'network.list'>): Promise<Output<'network.list'>> {
  const { defaultNetwork } = (await context.conf()).network
  const users = containers || 'dangling' in filters ? networkUsers(context) : undefined
  const wanted = await networkFilter(filters, isKept(context, users ?? new Map(), defaultNetwork))
  const found = (await allNetworks(context)).filter(wanted)
  return found
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map((info) => ({
      ...networkAnswer(context, info),
      ...(info.name === defaultNetwork && keeperOf(context, info.name) === 'own' ? { default: true } : {}),
      ...(containers ? { containers: runningMembers(info.name, users?.get(info.name) ?? []) } : {}),
    }))
}

/** Whether a network is none that a prune would remove: containers are in it, or it is the default one. */
const isKept =
  (context: Context, users: ReadonlyMap<string, unknown>, defaultNetwork: string | undefined) =>
  (name: string): boolean =>
    users.has(name) || name === defaultNetwork || keeperOf(context, name) === 'default'
