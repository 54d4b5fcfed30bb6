import type { Output, Parsed } from '../../contract/index.ts'
import type { Context } from '../context.ts'
import { networkAnswer } from './answer.ts'
import { findNetwork } from './find.ts'

/** Shows a network in full. */
export async function inspect(context: Context, input: Parsed<'network.inspect'>): Promise<Output<'network.inspect'>> {
  return networkAnswer(await findNetwork(context, input.name))
}
