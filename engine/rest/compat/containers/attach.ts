import type { CallOptions, Engine, OutputChunk, Pipe } from '../../../contract/index.ts'
import { usualDetachKeys } from '../../../spec/detach-keys.ts'
import type { Mapping } from '../mapping.ts'

/** Connections to containers that do not run yet, by id. */
const waiting = new WeakMap<Engine, Map<string, Set<LatePipe>>>()

const idle = new Set(['configured', 'created', 'stopped', 'exited'])

/**
 * Connects to a container's streams. Docker's client attaches before it starts a container: the connection then waits for the start, so
 * that it is the start that fails where something fails.
 */
export const attach: Mapping<'docker.container.attach'> = async (engine, { name, detachKeys, ...streams }, options) => {
  const { Id, State } = await engine['container.inspect']({ name }, options)
  const input = { ...streams, name: Id, detachKeys: detachKeys ?? usualDetachKeys }
  const open = () => engine['container.attach'](input, options)
  if (!idle.has(State.Status)) return open()
  const late = new LatePipe(open)
  const those = join(engine, Id, late)
  void late.ended.then(() => {
    those.delete(late)
    if (those.size === 0) waiting.get(engine)?.delete(Id)
  })
  const outputOnly = State.Status === 'created' && !streams.stdin ? streams : undefined
  void followOthers(engine, Id, outputOnly, late).catch(() => late.signal.aborted || late.close())
  return late
}

/**
 * Connects when another process starts the container. It may have ended by then, and attaching would make it ready again: what its first
 * run writes is read from its log, where that is enough.
 */
async function followOthers(
  engine: Engine,
  name: string,
  outputOnly: { stdout: boolean; stderr: boolean } | undefined,
  late: LatePipe,
): Promise<void> {
  const { signal } = late
  await engine['container.wait']({ name, condition: ['running', 'next-exit'] }, { signal })
  if (outputOnly) {
    const { stdout, stderr } = outputOnly
    const output = await engine['container.logs']({ name, stdout, stderr, follow: true }, { signal }).catch(() => undefined)
    if (output) return late.connect(() => Promise.resolve(readOnly(output)))
  }
  const { State } = await engine['container.inspect']({ name }, { signal })
  if (State.Running) await late.connect()
  else late.close()
}

function readOnly(output: AsyncIterable<OutputChunk>): Pipe {
  const nothing = async (): Promise<void> => {}
  return { output, write: nothing, end: nothing, close: () => {} }
}

function join(engine: Engine, id: string, late: LatePipe): Set<LatePipe> {
  const all = waiting.get(engine) ?? new Map<string, Set<LatePipe>>()
  waiting.set(engine, all)
  const those = all.get(id) ?? new Set()
  all.set(id, those.add(late))
  return those
}

/** Connects those that wait for a container, which makes it ready to start. @throws what makes that fail; they are then closed. */
export async function connectWaiting(engine: Engine, name: string, options: CallOptions): Promise<void> {
  const all = waiting.get(engine)
  if (!all || all.size === 0) return
  const { Id } = await engine['container.inspect']({ name }, options)
  await Promise.all(Array.from(all.get(Id) ?? [], (late) => late.connect()))
}

/** A pipe to what is opened later, or never. */
class LatePipe implements Pipe {
  readonly #open: () => Promise<Pipe>
  readonly #pipe = Promise.withResolvers<Pipe | undefined>()
  readonly #leaving = new AbortController()
  readonly #ended = Promise.withResolvers<void>()
  #connecting: Promise<void> | undefined

  constructor(open: () => Promise<Pipe>) {
    this.#open = open
  }

  /** Settles once it waits no more. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Aborted once it waits no more. */
  get signal(): AbortSignal {
    return this.#leaving.signal
  }

  /** Idempotent. @throws what opening throws; the pipe is then over. */
  connect(open = this.#open): Promise<void> {
    this.#connecting ??= this.#begin(open)
    return this.#connecting
  }

  get output(): AsyncIterable<OutputChunk> {
    return this.#read()
  }

  async write(data: Uint8Array): Promise<void> {
    await (await this.#pipe.promise)?.write(data)
  }

  async end(): Promise<void> {
    await (await this.#pipe.promise)?.end()
  }

  close(): void {
    this.#stopWaiting()
    this.#pipe.resolve(undefined)
    void this.#pipe.promise.then((pipe) => pipe?.close())
  }

  async #begin(open: () => Promise<Pipe>): Promise<void> {
    if (this.signal.aborted) return
    try {
      const pipe = await open()
      const left = this.signal.aborted
      this.#pipe.resolve(pipe)
      if (left) pipe.close()
      else this.#stopWaiting()
    } catch (error) {
      this.close()
      throw error
    }
  }

  async *#read(): AsyncGenerator<OutputChunk> {
    const pipe = await this.#pipe.promise
    if (pipe) yield* pipe.output
  }

  #stopWaiting(): void {
    this.#leaving.abort()
    this.#ended.resolve()
  }
}
