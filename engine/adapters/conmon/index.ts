/** conmon, which starts the runtime, holds a process's streams, writes its log and records its exit code. */
export type { MonitorLog, MonitorOptions } from './arguments.ts'
export { attach, type Attachment, type OutputChunk, reopenLog, resize } from './attach.ts'
export { createContainer, type CreateOptions, type Monitored } from './create.ts'
export { type ExecOptions, type ExecSession, execSession } from './exec.ts'
export { type ExitRecord, ranOutOfMemory, readExit, waitForExit, type WaitForExitOptions } from './exit.ts'
