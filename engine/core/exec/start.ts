import { mkdirSync, writeFileSync } from 'node:fs'

import { type Attachment, execSession, type ExecSession, waitForExit } from '../../adapters/conmon/index.ts'
import type { ExecWatcher } from '../../adapters/exec-watcher.ts'
import { monitorScope } from '../../adapters/systemd.ts'
import type { CallOptions, OutputChunk, Parsed, Pipe } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { callersDescriptors } from '../../lib/process/descriptors.ts'
import { bootId, processStartTime } from '../../lib/process/process.ts'
import { containerById, containerNotFound, type ContainerRecord, type ExecRecord } from '../../store/index.ts'
import { containerEvent } from '../containers/records/event.ts'
import { observe } from '../containers/lifecycle/observe.ts'
import { requirePermitted } from '../containers/lifecycle/transitions.ts'
import type { Context } from '../context.ts'
import { ociJson } from '../containers/spec/oci-json.ts'
import { detachable } from './detachable.ts'
import { processSpec } from './process-spec.ts'
import { scheduleResize } from './resize.ts'
import { currentSession, execPaths, recordExit } from './session.ts'
import { removeTree } from '../../lib/files/remove-tree.ts'
import { changeSession } from './sessions.ts'

/** How long the exit status may lag behind the end of the output. */
const exitGrace = 10_000

/**
 * Starts a prepared command and connects to it; with `Detach` the pipe ends immediately. Once the output has ended, `exec.inspect`
 * knows the exit code. With `EndOnDisconnect` the command does not outlive its pipe, nor this process, however that ends.
 */
export async function start(context: Context, { id, body }: Parsed<'exec.start'>, options: CallOptions): Promise<Pipe> {
  const session = await currentSession(context, id)
  const found = containerById(context.database, session.container)
  if (!found) throw containerNotFound(session.container)
  const container = await observe(context, found)
  requirePermitted('exec', container)
  const { Detach: detached = false, EndOnDisconnect: bound = false } = body
  if (detached && bound) {
    const message = 'A detached command has no connection to end with; leave out Detach or EndOnDisconnect.'
    throw new EngineError('InvalidArgument', message, { details: { field: 'EndOnDisconnect' } })
  }
  const preserved = callersDescriptors(body.PreserveFd, context.service)
  await claim(context, session)
  // Before there is anything to end, so that at no time the command is without it.
  const watcher = bound ? await watch(context, session) : undefined
  const started = await launch(context, container, session, body, preserved, options).catch((error: unknown) => {
    watcher?.release()
    throw error
  })
  containerEvent(context, container, 'exec')
  if (body.h !== undefined && body.w !== undefined)
    scheduleResize(execPaths(context, container.id, session.id).folder, body.h, body.w)
  if (!started.attachment) return nothingToRead()
  const pipe = connect(context, session, started.attachment, watcher)
  return session.config.terminal ? detachable(pipe, session.config.detachKeys) : pipe
}

async function watch(context: Context, session: ExecRecord): Promise<ExecWatcher> {
  try {
    // Commands of the command line never need it.
    const { watchExec } = await import('../../adapters/exec-watcher.ts')
    return await watchExec(execPaths(context, session.container, session.id))
  } catch (error) {
    await recordExit(context, session, 126)
    throw error
  }
}

/** A session starts once: two callers cannot both find it `created`. */
async function claim(context: Context, session: ExecRecord): Promise<void> {
  await changeSession(context, session.id, ({ status }) => {
    if (status !== 'created') {
      throw new EngineError(
        'ExecStateInvalid',
        `container ${session.container} exec session ${session.id} has already been started: exec session state improper`,
        {
          details: { id: session.id },
        },
      )
    }
    // Until there is a monitor, this process is the one that the session depends on.
    return { status: 'running', conmonPid: process.pid, conmonPidStart: processStartTime(process.pid) ?? '' }
  })
}

async function launch(
  context: Context,
  container: ContainerRecord,
  session: ExecRecord,
  { Detach: detached = false, h: height, w: width }: Parsed<'exec.start'>['body'],
  preserved: readonly number[],
  { signal }: CallOptions,
): Promise<ExecSession> {
  const { config } = session
  const paths = execPaths(context, container.id, session.id)
  try {
    mkdirSync(paths.exits, { recursive: true, mode: 0o700 })
    // The terminal has its size before the command asks for it.
    const consoleSize = config.terminal && height && width ? { consoleSize: { height, width } } : {}
    const spec = { ...processSpec(context, container, config), ...consoleSize }
    writeFileSync(paths.processSpec, ociJson(spec), { mode: 0o600 })
    const runtime = await context.runtime({ program: container.config.runtime, cgroupManager: container.config.cgroupManager })
    const started = await execSession({
      id: container.id,
      sessionId: session.id,
      name: container.name,
      runtime,
      scope: monitorScope(runtime.cgroupManager, { id: container.id, kind: 'exec', rootless: context.identity.rootless }),
      bundle: paths.folder,
      processSpec: paths.processSpec,
      pidFile: paths.pidFile,
      conmonPidFile: paths.conmonPidFile,
      exitDir: paths.exits,
      ociLog: paths.ociLog,
      log: { driver: 'none' },
      terminal: config.terminal,
      stdin: config.attachStdin,
      attach: !detached,
      exitCommand: [],
      preserved,
      signal,
    })
    const { pid, startTime, conmonPid, conmonStartTime } = started
    const running = { pid, pidStart: startTime ?? '', conmonPid, conmonPidStart: conmonStartTime ?? '', bootId: bootId() }
    await changeSession(context, session.id, () => running)
    return started
  } catch (error) {
    await removeTree(paths.folder)
    const exitCode = EngineError.is(error, 'CommandNotFound') ? 127 : 126
    await recordExit(context, session, exitCode)
    throw error
  }
}

function connect(context: Context, session: ExecRecord, attachment: Attachment, watcher: ExecWatcher | undefined): Pipe {
  let over = false
  let closed = false
  const ended = () => {
    over = true
    watcher?.release()
  }
  return {
    output: outputThenExit(context, session, attachment, () => !closed && ended()),
    write: (data) => attachment.write(data),
    end: async () => attachment.end(),
    close: () => {
      if (closed) return
      closed = true
      attachment.close()
      if (watcher) forget(context, session, over ? undefined : watcher)
    },
  }
}

async function* outputThenExit(
  context: Context,
  session: ExecRecord,
  attachment: Attachment,
  ended: () => void,
): AsyncGenerator<OutputChunk, void, undefined> {
  const { terminal, attachStdout, attachStderr } = session.config
  for await (const chunk of attachment) if (terminal || (chunk.stream === 'stderr' ? attachStderr : attachStdout)) yield chunk
  ended()
  const { exits, folder } = execPaths(context, session.container, session.id)
  try {
    const { code } = await waitForExit({ exitDir: exits, id: session.container, signal: AbortSignal.timeout(exitGrace) })
    await recordExit(context, session, code)
    await removeTree(folder)
  } catch (error) {
    // Detached, or the container was removed meanwhile: the next caller sees it.
    if (!EngineError.is(error)) throw error
  }
}

/** Ends a command that was left, with its watcher, and removes what is known of it. Closing the engine waits for that. */
function forget(context: Context, session: ExecRecord, watcher: ExecWatcher | undefined): void {
  const work = Promise.all([import('./remove.ts'), watcher?.end()])
    .then(([{ remove }]) => remove(context, { id: session.id, body: { Force: true } }))
    .catch((error: unknown) => context.log.debug(EngineError.from(error).message, { exec: session.id }))
    .finally(() => context.unwritten.delete(work))
  context.unwritten.add(work)
}

function nothingToRead(): Pipe {
  return { output: (async function* () {})(), write: async () => {}, end: async () => {}, close: () => {} }
}
