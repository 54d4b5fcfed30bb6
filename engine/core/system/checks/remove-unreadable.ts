import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { stopPasta } from '../../../adapters/pasta.ts'
import { removeNetworkNamespace } from '../../../adapters/netns.ts'
import { EngineError } from '../../../errors/index.ts'
import { processName } from '../../../lib/process/process.ts'
import { deleteContainer, dependents, recordLabel, type Row } from '../../../store/index.ts'
import { removeContainer } from '../../containers/remove.ts'
import type { Context } from '../../context.ts'
import { tearDownWritten } from '../../networks/bridge.ts'
import { netnsFile, pastaPidFile } from '../../networks/set-up.ts'
import { containerPaths } from '../../paths.ts'
import type { CheckJob } from './job.ts'
import { removeOrphan } from './orphans.ts'

/** Milliseconds that the monitor has to record the exit of its container. */
const monitorTimeout = 5000

/**
 * Removes a container whose configuration is lost, its processes and files included, and those that need it.
 *
 * @returns what was done.
 * @throws EngineError `StoreCorrupt` while its monitor cannot be stopped: another runtime created it.
 */
export async function removeUnreadable({ context, report }: CheckJob, row: Row): Promise<string> {
  const [id, name] = [String(row['id']), String(row['name'])]
  for (const other of dependents(context.database, id))
    await removeContainer(context, other, { force: true, depend: true, ignore: true })
  await context.lock('container', id, async () => {
    await endRun(context, id)
    await context.database.transaction(() => deleteContainer(context.database, id))
    await removeOrphan(context, id)
    rmSync(path.join(containerPaths(context, id).exits, id), { force: true })
  })
  report.RemovedContainers[id] = name
  return `The ${recordLabel({ noun: 'container' }, row)}, whose record could not be read, was removed with its files.`
}

async function endRun(context: Context, id: string): Promise<void> {
  const { run, conmonPidFile } = containerPaths(context, id)
  if (!existsSync(run)) return
  await (await context.runtime()).delete(id, { force: true })
  const deadline = Date.now() + monitorTimeout
  const monitor = existsSync(conmonPidFile) ? Number(readFileSync(conmonPidFile, 'utf8').trim()) : 0
  while (processName(monitor) === 'conmon') {
    if (Date.now() > deadline)
      throw new EngineError(
        'StoreCorrupt',
        `The container still runs, under its monitor ${monitor}: name the runtime that made it with --runtime, and repair again.`,
        { details: { id, pid: monitor } },
      )
    await sleep(20)
  }
  await stopPasta(pastaPidFile(context, id))
  await tearDownWritten(context, id, netnsFile(context, id))
  removeNetworkNamespace(netnsFile(context, id))
}
