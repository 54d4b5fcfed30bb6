import type { Parsed } from '../../contract/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { thawLocked } from './lifecycle/freeze.ts'
import { loadReconciled } from './lifecycle/reconcile.ts'

/** Resumes the processes of a paused container. */
export async function unpause(context: Context, { name }: Parsed<'container.unpause'>): Promise<void> {
  const { id } = findContainer(context.database, name)
  await context.lock('container', id, async () => thawLocked(context, await loadReconciled(context, id)))
}
