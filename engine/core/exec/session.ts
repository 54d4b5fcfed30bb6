import { existsSync, readFileSync } from 'node:fs'

import { readExit } from '../../adapters/conmon/index.ts'
import { isAlive, processName } from '../../lib/process/process.ts'
import { containerById, type ExecRecord, type ExecState } from '../../store/index.ts'
import { containerEvent } from '../containers/records/event.ts'
import type { Context } from '../context.ts'
import { execFolder } from '../paths.ts'
import { changeSession, findSession } from './sessions.ts'

/** An exec session's files while it runs. */
export interface ExecPaths {
  /** Its attach socket and `ctl` are here. */
  folder: string
  exits: string
  processSpec: string
  pidFile: string
  conmonPidFile: string
  ociLog: string
}

/** The paths of a session; nothing is made. */
export function execPaths(context: Context, container: string, session: string): ExecPaths {
  const folder = execFolder(context, container, session)
  return {
    folder,
    exits: `${folder}/exit`,
    processSpec: `${folder}/process.json`,
    pidFile: `${folder}/exec_pid`,
    conmonPidFile: `${folder}/conmon.pid`,
    ociLog: `${folder}/oci-log`,
  }
}

/** A session as it is now: one that ended meanwhile has its exit code. @throws `ExecNotFound`. */
export async function currentSession(context: Context, id: string): Promise<ExecRecord> {
  const session = findSession(context, id)
  const ended = endOf(context, session)
  return ended !== undefined ? { ...session, state: await recordExit(context, session, ended) } : session
}

/** Records that a session exited, once: the first code counts. */
export async function recordExit(context: Context, session: ExecRecord, exitCode: number): Promise<ExecState> {
  const { state, changed } = await changeSession(context, session.id, ({ status }) =>
    status === 'stopped' ? undefined : { status: 'stopped', exitCode, pid: 0, conmonPid: 0, endedAt: Date.now() },
  )
  if (!changed) return state
  const container = containerById(context.database, session.container)
  if (container) containerEvent(context, container, 'exec_died', { exitCode })
  return state
}

function endOf(context: Context, { id, container, state }: ExecRecord): number | undefined {
  if (state.status !== 'running') return undefined
  const record = readExit(execPaths(context, container, id).exits, container)
  if (record) return record.code
  // It is being started by a process that will record the result, unless that one was killed.
  if (state.pid === 0)
    return isAlive(state.conmonPid, state.conmonPidStart) || isMonitored(execPaths(context, container, id)) ? undefined : lostExit
  // A killed monitor writes nothing: the process itself is checked, and its exit code is lost.
  return isAlive(state.pid, state.pidStart) ? undefined : lostExit
}

/** The exit code of a command whose monitor was killed. */
const lostExit = -1

/** Whether the monitor runs that was started before its starter was killed. */
function isMonitored({ conmonPidFile }: ExecPaths): boolean {
  return existsSync(conmonPidFile) && processName(Number(readFileSync(conmonPidFile, 'utf8').trim())) === 'conmon'
}
