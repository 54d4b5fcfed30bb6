/** conmon, which starts the runtime, holds a process's streams, writes its log and notes its end. */
export type { MonitorLog, MonitorOptions } from './conmon/arguments.ts'
export { attach, type Attachment, type OutputChunk, reopenLog, resize } from './conmon/attach.ts'
export { createContainer, type CreateOptions, type Monitored } from './conmon/create.ts'
export { type ExecOptions, type ExecSession, execSession } from './conmon/exec.ts'
export { type ExitRecord, ranOutOfMemory, readExit, waitForExit, type WaitForExitOptions } from './conmon/exit.ts'
