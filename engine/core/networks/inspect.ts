import type { Output, Parsed } from '../../contract/index.ts'
import type { Context } from '../context.ts'
import { networkAnswer } from './answer.ts'
import { findNetwork } from './find.ts'
import { networkUsers, runningMembers } from './members.ts'

/** Shows a network in full, with the containers that run in it. */
export async function inspect(context: Context, input: Parsed<'network.inspect'>): Promise<Output<'network.inspect'>> {
  const info = await findNetwork(context, input.name)
  return {
    ...networkAnswer(context, info),
    containers: runningMembers(info.name, networkUsers(context).get(info.name) ?? []),
  }
}
