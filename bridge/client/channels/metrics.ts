import { isObject, type Json, type JsonObject, type ProblemError } from '../../protocol/index.ts'
import type { ChannelOpener } from './channel.ts'
import { problemOf } from './stream.ts'

/** What to measure. */
export interface MetricsRequest {
  /** Milliseconds between samples; 1000 unless given. */
  interval?: number
  /** `internal` unless given. */
  source?: string
  metrics: { name: string; derive?: 'rate' }[]
  instances?: string[]
  'omit-instances'?: string[]
}

/** One sample: by metric in the order asked for, one value or one by instance. `undefined` stands for not known. */
export interface MetricsSample {
  /** Milliseconds since 1970 by the clock of the host that is measured. */
  time: number
  values: (number | undefined | Map<string, number | undefined>)[]
}

/** What happens while measuring. */
export interface MetricsEvents {
  sample(sample: MetricsSample): void
  /** The measurement ended; with an error if it failed (`not-supported` for a metric that the host lacks). */
  closed?(error?: ProblemError): void
}

/** Measures until the returned function is called. */
export function openMetrics(bridge: ChannelOpener, request: MetricsRequest, events: MetricsEvents): () => void {
  const state: State = { interval: request.interval ?? 1000, time: 0, instances: [], last: [] }
  const channel = bridge.channel({ payload: 'metrics1', source: 'internal', ...request } as { payload: string } & JsonObject, {
    data: (data) => {
      const message = JSON.parse(typeof data === 'string' ? data : new TextDecoder().decode(data)) as Json
      if (isObject(message)) return readMeta(state, message)
      if (!Array.isArray(message)) return
      for (const sample of message) if (Array.isArray(sample)) events.sample(readSample(state, sample))
    },
    close: (close) => events.closed?.(problemOf(close)),
  })
  return () => channel.close()
}

interface State {
  interval: number
  time: number
  instances: (string[] | undefined)[]
  last: (number | undefined)[][]
}

function readMeta(state: State, meta: JsonObject): void {
  const metrics = Array.isArray(meta['metrics']) ? meta['metrics'] : []
  state.instances = metrics.map((metric) =>
    isObject(metric) && Array.isArray(metric['instances']) ? (metric['instances'] as string[]) : undefined,
  )
  state.last = []
  state.time = typeof meta['timestamp'] === 'number' ? meta['timestamp'] : Date.now()
  if (typeof meta['interval'] === 'number') state.interval = meta['interval']
}

function readSample(state: State, sample: Json[]): MetricsSample {
  const { time } = state
  state.time += state.interval
  const values = state.instances.map((instances, index) => {
    const given = sample[index]
    const list = instances === undefined ? [given] : Array.isArray(given) ? given : []
    const before = state.last[index] ?? []
    // null, or nothing at the end of a list: unchanged. false: not known.
    const now = (instances ?? ['']).map((_name, at) => {
      const value = list[at]
      return typeof value === 'number' ? value : value === false ? undefined : before[at]
    })
    state.last[index] = now
    return instances === undefined ? now[0] : new Map(instances.map((name, at) => [name, now[at]]))
  })
  return { time, values }
}
