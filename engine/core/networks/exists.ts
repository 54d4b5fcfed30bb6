import type { Parsed } from '../../contract/index.ts'
import type { Context } from '../context.ts'
import { findNetwork } from './find.ts'

/** Succeeds if there is such a network. */
export async function exists(context: Context, { name }: Parsed<'network.exists'>): Promise<void> {
  await findNetwork(context, name)
}
