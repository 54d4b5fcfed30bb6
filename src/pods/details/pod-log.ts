import type { Engine } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { stripAnsi } from '../../../engine/spec/ansi.ts'
import { keepOpen } from '../../engine/connection/retry.ts'
import { createLineSplitter } from '../../engine/log-lines.ts'
import { createStore, type Store } from '../../engine/store.ts'

/** A line of one of a pod's containers. */
export interface PodLogLine {
  readonly container: string
  /** As the engine stamps it: RFC 3339. */
  readonly time: string
  readonly text: string
  readonly stream: 'stdout' | 'stderr'
}

/** Lines that are kept of all containers together, and of each at the start. */
const maxLines = 2000
const tail = '500'
/** Milliseconds between two changes of the store. */
const pause = 100

/** The newest lines of several containers in the order of their times, followed while there are subscribers. */
export function createPodLog(
  engine: Pick<Engine, 'container.logs'>,
  containers: readonly { Id: string; Names: string }[],
): Store<readonly PodLogLine[]> {
  const store = createStore<readonly PodLogLine[]>([], {
    start: () => {
      const closers = containers.map((container) => follow(engine, container, add))
      return () => closers.forEach((close) => close())
    },
  })
  let waiting: PodLogLine[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    timer = undefined
    store.set([...store.get(), ...waiting].toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)).slice(-maxLines))
    waiting = []
  }
  const add = (lines: readonly PodLogLine[]) => {
    waiting.push(...lines)
    if (waiting.length > maxLines) waiting = waiting.slice(-maxLines)
    timer ??= setTimeout(flush, pause)
  }
  return store
}

/** One container's lines; a log that has ended is read again with the next state of its container. */
function follow(
  engine: Pick<Engine, 'container.logs'>,
  { Id, Names }: { Id: string; Names: string },
  add: (lines: readonly PodLogLine[]) => void,
): () => void {
  let splitter = createLineSplitter()
  let newest = ''
  const input = { name: Id, follow: true, stdout: true, stderr: true, timestamps: true }
  const close = keepOpen({
    open: (signal) => engine['container.logs']({ ...input, ...(newest ? { since: newest } : { tail }) }, { signal }),
    onOpen: () => {
      splitter = createLineSplitter()
    },
    onItem: (chunk) => {
      const before = newest
      const lines = splitter
        .push(chunk)
        .map(([stream, text]) => lineOf(Names, stream, text))
        .filter(({ time }) => time > before)
      newest = lines.at(-1)?.time ?? newest
      add(lines)
    },
    onLost: (error) => {
      if (!EngineError.is(error, 'EngineUnreachable')) close()
    },
  })
  return close
}

function lineOf(container: string, stream: PodLogLine['stream'], stamped: string): PodLogLine {
  const space = stamped.indexOf(' ')
  return { container, stream, time: stamped.slice(0, space), text: stripAnsi(stamped.slice(space + 1)) }
}
