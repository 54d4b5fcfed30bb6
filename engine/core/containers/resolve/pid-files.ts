import { statSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'

type PidFiles = Pick<ContainerSpec, 'pid_file' | 'conmon_pid_file'>

/**
 * Where the caller wants to find the container's process id and its monitor's, told apart by the fields' names. They are written at
 * every start and are kept, as with podman.
 */
export function requestedPidFiles(spec: PidFiles): { field: keyof PidFiles; file: string }[] {
  const files = { pid_file: spec.pid_file, conmon_pid_file: spec.conmon_pid_file }
  return (['pid_file', 'conmon_pid_file'] as const).flatMap((field) => {
    const file = files[field]
    return file ? [{ field, file }] : []
  })
}

/** Before anything is made. @throws EngineError `InvalidArgument` for a path that no file can be written to. */
export function checkPidFiles(spec: PidFiles): void {
  for (const { field, file } of requestedPidFiles(spec)) {
    const folder = path.dirname(file)
    const reason = !path.isAbsolute(file)
      ? 'it is not an absolute path'
      : !isFolder(folder)
        ? `${folder} is not a folder`
        : isFolder(file)
          ? 'it is a folder'
          : undefined
    if (reason === undefined) continue
    throw new EngineError('InvalidArgument', `No process id can be written to ${JSON.stringify(file)}: ${reason}.`, {
      details: { field },
    })
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false
}
