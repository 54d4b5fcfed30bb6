import { attach as attachTo, type Attachment } from '../../adapters/conmon.ts'
import type { CallOptions, OutputChunk, Parsed, Pipe } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type ContainerRecord, findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import { containerEvent } from './event.ts'
import { init } from './init.ts'
import { logs } from './logs.ts'
import { reconcile } from './reconcile.ts'

type Wanted = Parsed<'container.attach'>

/**
 * Connects to a container's terminal or standard streams. One that does not run is made ready first, so that whoever
 * starts it then misses nothing of its output.
 */
export async function attach(context: Context, wanted: Wanted, options: CallOptions): Promise<Pipe> {
  let container = await reconcile(context, findContainer(context.database, wanted.name))
  if (!isConnectable(container)) {
    requireInitializable(container)
    await init(context, { name: container.id }, { ...options, attended: true })
    container = await reconcile(context, findContainer(context.database, container.id))
  }
  const past = wanted.logs ? await logs(context, pastOutput(container.id), options) : undefined
  const attachment = wanted.stream ? attachTo(containerPaths(context, container.id).bundle) : undefined
  options.signal?.addEventListener('abort', () => attachment?.close(), { once: true })
  containerEvent(context, container, 'attach')
  return {
    output: outputOf(past, attachment, wanted),
    write: async (data) => {
      if (wanted.stdin && container.config.stdin) await attachment?.write(data)
    },
    end: async () => {
      if (wanted.stdin) attachment?.end()
    },
    close: () => attachment?.close(),
  }
}

function isConnectable({ state }: ContainerRecord): boolean {
  return state.status === 'running' || state.status === 'initialized'
}

function requireInitializable({ state, id }: ContainerRecord): void {
  if (['created', 'configured', 'exited', 'stopped'].includes(state.status)) return
  throw new EngineError(
    'ContainerStateInvalid',
    `can only attach to created or running containers - currently in state ${state.status}: container state improper`,
    {
      details: { container: id, state: state.status },
    },
  )
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
