import { readExit } from '../../adapters/conmon.ts'
import { EngineError } from '../../errors/index.ts'
import { isAlive } from '../../lib/process.ts'
import {
  containerById,
  type ContainerRecord,
  type ExecRecord,
  type ExecState,
  findExecSession,
  updateExecState,
} from '../../store/index.ts'
import { containerEvent } from '../containers/event.ts'
import type { Context } from '../context.ts'
import { execFolder } from '../paths.ts'

/** Where an exec session keeps what while it runs. */
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
  const session = findExecSession(context.database, id)
  const ended = endOf(context, session)
  return ended !== undefined ? { ...session, state: await noteEnd(context, session, ended) } : session
}

/** Writes down that a session ended, once. */
export async function noteEnd(context: Context, session: ExecRecord, exitCode: number): Promise<ExecState> {
  const { database } = context
  let first = false
  const state = await database.transaction(() => {
    first = findExecSession(database, session.id).state.status !== 'stopped'
    return updateExecState(database, session.id, { status: 'stopped', exitCode, pid: 0, conmonPid: 0 })
  })
  const container = containerById(database, session.container)
  if (first && container) containerEvent(context, container, 'exec_died', { exitCode })
  return state
}

function endOf(context: Context, { id, container, state }: ExecRecord): number | undefined {
  if (state.status !== 'running') return undefined
  const record = readExit(execPaths(context, container, id).exits, container)
  if (record) return record.code
  // It is being started by someone, who will note how that went.
  if (state.pid === 0) return undefined
  // A monitor that was killed notes nothing: the process counts, and what it ended with is lost.
  return isAlive(state.pid, state.pidStart) ? undefined : -1
}

/** Only a running container takes commands; podman says so in these words. */
export function requireRunning({ id, state }: ContainerRecord): void {
  if (state.status === 'running') return
  throw new EngineError(
    'ContainerStateInvalid',
    `can only create exec sessions on running containers: container ${id} is ${state.status}: container state improper`,
    {
      details: { container: id, state: state.status },
    },
  )
}
