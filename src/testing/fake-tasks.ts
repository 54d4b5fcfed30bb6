import type { Engine, OperationName, Output, Task } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { type Channel, createChannel } from './channel.ts'

type Verb = (input: unknown, options: { signal: AbortSignal }) => Promise<unknown>
type Change = Output<'task.events'>

/** The fake's tasks: they run its own operations, and nothing bounds them. `tasks` are there from the beginning. */
export function taskVerbs(verb: (name: OperationName) => Verb | undefined, tasks: readonly Task[] = []): Partial<Engine> {
  const all = new Map(tasks.map((task) => [task.Id, task]))
  const running = new Map<string, AbortController>()
  const streams = new Set<Channel<Change>>()
  const tell = (change: Change) => streams.forEach((stream) => stream.push(change))
  const change = (id: string, next: Partial<Task>) => {
    all.set(id, { ...all.get(id)!, ...next })
    tell({ Tasks: [all.get(id)!] })
  }
  const run = async (id: string, work: () => Promise<unknown>, signal: AbortSignal) => {
    const ended = await follow(work, signal, (next) => change(id, next))
    change(id, { ...ended, Ended: new Date().toISOString() })
    running.delete(id)
  }
  return {
    'task.start': async ({ body: { operation, input = {} } }) => {
      const Id = String(all.size + 1).padStart(12, '0')
      const stop = new AbortController()
      const { destination, reference = destination } = input as { destination?: string; reference?: string }
      running.set(Id, stop)
      all.set(Id, begun(Id, operation, reference ?? ''))
      change(Id, {})
      void run(Id, async () => verb(operation as OperationName)?.(input, { signal: stop.signal }), stop.signal)
      return { Id }
    },
    'task.list': async () => [...all.values()],
    'task.events': async (_input, options) => {
      const stream: Channel<Change> = createChannel<Change>(options?.signal, () => streams.delete(stream))
      streams.add(stream)
      stream.push({ Tasks: [...all.values()] })
      return stream
    },
    'task.cancel': async ({ id }) => {
      if (!all.has(id)) throw new EngineError('TaskNotFound', `There is no task ${id}.`)
      const stop = running.get(id)
      if (stop) return stop.abort()
      all.delete(id)
      tell({ Removed: [id] })
    },
  }
}

const begun = (Id: string, operation: string, object: string): Task => ({
  Id,
  Operation: operation,
  Object: object,
  State: 'running',
  Started: new Date().toISOString(),
  Layers: [],
  Lines: [],
})

type Step = Output<'image.push'> & { id?: string }

async function follow(
  work: () => Promise<unknown>,
  signal: AbortSignal,
  change: (next: Partial<Task>) => void,
): Promise<Partial<Task>> {
  const layers = new Map<string, Task['Layers'][number]>()
  let Result: NonNullable<Task['Result']> = {}
  try {
    const answer = await work()
    if (typeof answer === 'object' && answer !== null && 'ReclaimedSpace' in answer)
      return { State: 'done', Result: { Removed: 0, ReclaimedSpace: Number(answer.ReclaimedSpace) } }
    for await (const item of answer as AsyncIterable<Step>) {
      if (item.layer) layers.set(item.layer.digest, item.layer)
      if (item.id !== undefined) Result = { Id: item.id }
      if (item.manifestdigest !== undefined) Result = { Digest: item.manifestdigest }
      change({ Layers: [...layers.values()], Lines: item.stream === undefined ? [] : [item.stream] })
    }
    return { State: 'done', Result }
  } catch (error) {
    const { code, message } = EngineError.from(error)
    return signal.aborted ? { State: 'cancelled' } : { State: 'failed', Error: { code, message } }
  }
}
