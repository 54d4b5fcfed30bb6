import { attach as attachTo, type Attachment } from '../../adapters/conmon/index.ts'
import type { CallOptions, OutputChunk, Parsed, Pipe } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { parseDetachKeys } from '../../spec/detach-keys.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { detachable } from '../exec/detachable.ts'
import { containerPaths } from '../paths.ts'
import { containerEvent } from './records/event.ts'
import { init } from './init.ts'
import { observe } from './lifecycle/observe.ts'
import { permits, requirePermitted } from './lifecycle/transitions.ts'
import { logs } from './logs.ts'

type Wanted = Parsed<'container.attach'>

/**
 * Connects to a container's terminal or standard streams. One that does not run is initialized first, so that a client that then
 * starts it misses none of its output.
 */
export async function attach(context: Context, wanted: Wanted, options: CallOptions): Promise<Pipe> {
  if (!wanted.stream && !wanted.logs)
    throw new EngineError('InvalidArgument', 'at least one of logs or stream must be set', { details: { field: 'stream' } })
  const keys = wanted.detachKeys ?? ''
  if (keys !== '') parseDetachKeys(keys)
  let container = await observe(context, findContainer(context.database, wanted.name))
  requirePermitted('attach', container)
  if (permits('init', container.state.status)) {
    await init(context, { name: container.id }, { ...options, attended: true })
    container = await observe(context, findContainer(context.database, container.id))
  }
  const past = wanted.logs ? await logs(context, pastOutput(container.id), options) : undefined
  const attachment = wanted.stream ? attachTo(containerPaths(context, container.id).bundle) : undefined
  options.signal?.addEventListener('abort', () => attachment?.close(), { once: true })
  containerEvent(context, container, 'attach')
  const pipe: Pipe = {
    output: outputOf(past, attachment, wanted),
    write: async (data) => {
      if (wanted.stdin && container.config.stdin) await attachment?.write(data)
    },
    end: async () => {
      if (wanted.stdin) attachment?.end()
    },
    close: () => attachment?.close(),
  }
  return container.config.terminal ? detachable(pipe, keys) : pipe
}

function pastOutput(name: string): Parsed<'container.logs'> {
  return { name, follow: false, stdout: true, stderr: true, timestamps: false }
}

async function* outputOf(
  past: AsyncIterable<OutputChunk> | undefined,
  attachment: Attachment | undefined,
  wanted: Wanted,
): AsyncGenerator<OutputChunk, void, undefined> {
  try {
    if (past) yield* past
    if (!attachment) return
    for await (const chunk of attachment) if (chunk.stream === 'stderr' ? wanted.stderr : wanted.stdout) yield chunk
  } finally {
    attachment?.close()
  }
}
