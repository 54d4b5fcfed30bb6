import type { Engine, Output, OutputChunk } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { delay } from '../engine/connection/retry.ts'
import { findContainer } from './fake-containers.ts'
import type { FakeWorld } from './fake-world.ts'

type Line = Output<'container.logLines'>['lines'][number]

/** Milliseconds between two lines of a container that is looked at. */
const pause = 1500

/** The operations of the fake on logs that our engine has. Every container has the same log but for its name, which grows while it is followed. */
export function logVerbs(world: FakeWorld): Partial<Engine> {
  const start = Date.now() - 60_000
  const log: Line[] = []
  const add = (at: number, text: string, stream: Line['stream'] = 'stdout') =>
    log.push({ time: new Date(at).toISOString().replace('Z', '294252Z'), stream, text, size: text.length })
  add(start, '/docker-entrypoint.sh: Configuration complete; ready for start up')
  add(start + 20, '[notice] 1#1: using the "epoll" event method', 'stderr')
  add(start + 40, '[notice] 1#1: start worker processes', 'stderr')
  for (let index = 0; index < 14; index += 1) add(start + 1000 * index, request(index))
  const page = (container: string, from: number, count: number, query = '') => {
    const begin = from < 0 ? Math.max(0, log.length + from) : from
    const lines = log.slice(begin, begin + count).map((each) => {
      const line = { ...each, text: each.text.replace(/start up$/, `$& of ${container}`) }
      const at = query === '' ? -1 : line.text.indexOf(query)
      return at < 0 ? line : { ...line, marks: [[at, at + query.length] as [number, number]] }
    })
    return { log: 'fake', first: 0, end: log.length, from: begin, lines }
  }
  const nameOf = (name: string) => findContainer(world, name).Names[0]!
  return {
    'container.logLines': async ({ name, from = -200, count = 200, query, regex }) => {
      checkQuery(query, regex)
      return page(nameOf(name), Number(from), Number(count), query)
    },
    'container.logFollow': async ({ name, from = -200, query, regex }, options) => {
      checkQuery(query, regex)
      const container = nameOf(name)
      return (async function* () {
        yield { ...page(container, Number(from), 500, query), ended: false }
        const signal = options?.signal ?? new AbortController().signal
        for (let index = 14; !signal.aborted; index += 1) {
          await delay(pause, signal)
          if (signal.aborted) return
          add(Date.now(), request(index))
          yield { ...page(container, log.length - 1, 1, query), ended: false }
        }
      })()
    },
    'container.logs': async ({ name, follow }, options) => {
      const { lines } = page(nameOf(name), 0, log.length)
      return stamped(lines, follow ? options?.signal : undefined)
    },
    'container.logSearch': async ({ query, regex, from = 0 }) =>
      (async function* () {
        checkQuery(query, regex)
        const lines = log.flatMap(({ text }, index) => (index >= Number(from) && text.includes(query) ? [index] : []))
        yield { log: 'fake', lines, searched: log.length, end: log.length, done: true }
      })(),
  }
}

/** Lines as libpod's API sends them; with a signal, nothing more until it is aborted. */
async function* stamped(lines: readonly Line[], signal?: AbortSignal): AsyncGenerator<OutputChunk> {
  for (const { time, text, stream } of lines) yield { stream, data: new TextEncoder().encode(`${time} ${text}\n`) }
  if (signal) await delay(600_000, signal)
}

function checkQuery(query: string | undefined, regex: unknown): void {
  try {
    if (query !== undefined && regex) new RegExp(query)
  } catch (cause) {
    throw new EngineError('InvalidArgument', (cause as Error).message, { details: { field: 'query' }, cause })
  }
}

function request(index: number): string {
  const paths = ['/', '/assets/app.css', '/api/items?page=2', '/favicon.ico', '/api/cart']
  const status = index % 5 === 3 ? 404 : 200
  return `10.88.0.${(index % 7) + 2} - - "GET ${paths[index % paths.length]!} HTTP/1.1" \u001B[${status === 200 ? 32 : 31}m${status}\u001B[0m ${612 + index * 37}`
}
