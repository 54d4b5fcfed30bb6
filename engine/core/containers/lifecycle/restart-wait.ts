import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { type ContainerRecord, updateState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'

/** Whether a container has exited and waits for its restart. */
export const waitsForRestart = ({ state }: ContainerRecord): boolean =>
  state.status === 'stopped' && state.restartAt !== undefined

/** The file that is there while a container waits for its restart, beside the locks: what waits ends with it. */
export const waitFile = (context: Context, id: string): string =>
  path.join(path.dirname(context.lockFile('container', id)), `restart-${id}`)

/** Lets a container that has exited wait; its lock is held. @returns the record afterwards. */
export async function beginWait(context: Context, record: ContainerRecord, at: number, delay: number): Promise<ContainerRecord> {
  writeFileSync(waitFile(context, record.id), '')
  const changes = { restartAt: new Date(at).toISOString(), restartDelay: delay }
  const state = await context.database.transaction(() => updateState(context.database, record.id, changes))
  return { ...record, state }
}

/** The waiting is over: it is started, stopped or removed. */
export function endWait(context: Context, id: string): void {
  rmSync(waitFile(context, id), { force: true })
}
