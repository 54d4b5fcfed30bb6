import { mkdirSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { type Attachment, execSession, type ExecSession, waitForExit } from '../../../adapters/conmon/index.ts'
import { monitorScope } from '../../../adapters/systemd.ts'
import { EngineError } from '../../../errors/index.ts'
import { killSession } from '../../../lib/process/session.ts'
import { randomId } from '../../../lib/random-id.ts'
import { formatDuration } from '../../../spec/duration.ts'
import { type ContainerRecord, type ExecConfig, type HealthCheck, timestamp } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { processSpec } from '../../exec/process-spec.ts'
import { execPaths } from '../../exec/session.ts'
import { ociJson } from '../spec/oci-json.ts'
import type { HealthResult } from './outcome.ts'
import { removeTree } from '../../../lib/files/remove-tree.ts'

/** Bytes of output that are looked at; the log keeps fewer. */
const maxOutput = 1024 * 1024
/** Milliseconds that a command may take to end once it was killed, and its exit code to appear. */
const exitGrace = 10_000
/** Milliseconds for the rest of its output, which a process that it left behind may hold open. */
const outputGrace = 1000

/**
 * Runs a check's command in a running container. It leaves no record: a session of the database would be written for every check. Its
 * processes end with the check's timeout.
 *
 * @returns the result; a command that cannot be run is a failure too.
 * @throws EngineError `MonitorFailed`, `ProgramMissing`, `Cancelled`.
 */
export async function runCheck(
  context: Context,
  container: ContainerRecord,
  check: HealthCheck,
  signal?: AbortSignal,
): Promise<HealthResult> {
  const session = randomId()
  const paths = execPaths(context, container.id, session)
  const start = timestamp()
  const result = (ExitCode: number, Output: string): HealthResult => ({ Start: start, End: timestamp(), ExitCode, Output })
  try {
    mkdirSync(paths.exits, { recursive: true, mode: 0o700 })
    const spec = processSpec(context, container, execConfig(container, check))
    writeFileSync(paths.processSpec, ociJson(spec), { mode: 0o600 })
    const started = await startCommand(context, container, session, signal)
    const { output, code, timedOut } = await untilEnd(started, paths.exits, container.id, check.timeout / 1e6)
    if (timedOut) return result(-1, `healthcheck command exceeded timeout of ${formatDuration(check.timeout)}`)
    // As podman has it: every failure is 1.
    return result(code === 0 ? 0 : 1, output)
  } catch (error) {
    if (EngineError.is(error, 'CommandNotFound', 'CommandNotExecutable', 'RuntimeFailed'))
      return result(1, `Error: ${error.message}`)
    throw error
  } finally {
    await removeTree(paths.folder)
  }
}

function execConfig({ config }: ContainerRecord, { test }: HealthCheck): ExecConfig {
  const [kind, ...words] = test
  return {
    command: kind === 'CMD' ? words : kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : test,
    env: [],
    user: config.user,
    workdir: config.workdir,
    terminal: false,
    privileged: config.privileged,
    attachStdin: false,
    attachStdout: true,
    attachStderr: true,
    detachKeys: '',
  }
}

async function startCommand(
  context: Context,
  { id, name, config }: ContainerRecord,
  session: string,
  signal: AbortSignal | undefined,
): Promise<ExecSession> {
  const paths = execPaths(context, id, session)
  const runtime = await context.runtime({ program: config.runtime, cgroupManager: config.cgroupManager })
  return await execSession({
    id,
    sessionId: session,
    name,
    runtime,
    scope: monitorScope(runtime.cgroupManager, { id, kind: 'exec', rootless: context.identity.rootless }),
    bundle: paths.folder,
    processSpec: paths.processSpec,
    pidFile: paths.pidFile,
    conmonPidFile: paths.conmonPidFile,
    exitDir: paths.exits,
    ociLog: paths.ociLog,
    log: { driver: 'none' },
    attach: true,
    exitCommand: [],
    signal,
  })
}

/** Waits for the end of the command, or ends it after `timeout` milliseconds. Output that others hold open is not waited for. */
async function untilEnd(
  { attachment, pid, startTime, conmonPid, conmonStartTime }: ExecSession,
  exitDir: string,
  id: string,
  timeout: number,
): Promise<{ output: string; code: number; timedOut: boolean }> {
  const reading = collect(attachment as Attachment)
  const monitor = { pid: conmonPid, startTime: conmonStartTime }
  const exit = (milliseconds: number) => waitForExit({ exitDir, id, monitor, signal: AbortSignal.timeout(milliseconds) })
  let timedOut = false
  try {
    const ended = await exit(timeout).catch(async (error: unknown) => {
      if (!EngineError.is(error, 'Cancelled')) throw error
      timedOut = true
      await killSession(pid, startTime)
      return await exit(exitGrace)
    })
    await Promise.race([reading.done, sleep(outputGrace, undefined, { ref: false })])
    return { output: reading.text(), code: ended.code, timedOut }
  } finally {
    attachment?.close()
  }
}

function collect(attachment: Attachment): { done: Promise<void>; text(): string } {
  const chunks: Buffer[] = []
  let size = 0
  const read = async () => {
    for await (const { data } of attachment) {
      if (size < maxOutput) chunks.push(data.subarray(0, maxOutput - size))
      size += data.length
    }
  }
  return { done: read().catch(() => {}), text: () => Buffer.concat(chunks).toString('utf8') }
}
