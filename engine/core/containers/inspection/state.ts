import type { ContainerInspect, Health } from '../../../contract/index.ts'
import { type ContainerRecord, zeroTime } from '../../../store/index.ts'
import { isLive, isOver } from '../lifecycle/transitions.ts'

/** `State` of a container in full; unset times are Go's zero time. */
export function inspectState(record: ContainerRecord, health: Health): ContainerInspect['State'] {
  const { state } = record
  const live = isLive(record)
  return {
    OciVersion: '1.2.0',
    Status: state.status,
    Running: state.status === 'running' || state.status === 'stopping',
    Paused: state.status === 'paused',
    Restarting: state.restartAt !== undefined && isOver(record),
    OOMKilled: state.oomKilled,
    Dead: false,
    Pid: live ? state.pid : 0,
    ...(live && state.conmonPid > 0 ? { ConmonPid: state.conmonPid } : {}),
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: state.startedAt || zeroTime,
    FinishedAt: state.finishedAt || zeroTime,
    ...(state.cgroupPath === '' ? {} : { CgroupPath: state.cgroupPath }),
    ...(state.checkpointed ? { Checkpointed: true } : {}),
    CheckpointedAt: state.checkpointedAt || zeroTime,
    RestoredAt: state.restoredAt || zeroTime,
    ...(state.restored ? { Restored: true } : {}),
    ...(record.config.health ? { Health: health } : {}),
    ...(state.checkpointPath === '' ? {} : { CheckpointPath: state.checkpointPath }),
  }
}
