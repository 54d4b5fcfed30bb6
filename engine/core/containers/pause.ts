import type { Parsed } from '../../contract/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { freezeLocked } from './lifecycle/freeze.ts'
import { loadReconciled } from './lifecycle/reconcile.ts'

/** Freezes all processes of a running container. */
export async function pause(context: Context, { name }: Parsed<'container.pause'>): Promise<void> {
  const { id } = findContainer(context.database, name)
  await context.lock('container', id, async () => freezeLocked(context, await loadReconciled(context, id)))
}
