import { isObject, type Json, type JsonObject, ProblemError } from '../../protocol/index.ts'
import type { Channel, Payload } from '../channel.ts'
import { metricTable, type Reading, readMetrics } from '../metrics/index.ts'
import { listOption, numberOption, requiredText, invalid } from './options.ts'

interface Wanted {
  name: string
  rate: boolean
  units: string
  counter: boolean
  instanced: boolean
}

type Sample = number | null | false

/**
 * `metrics1`, source `internal`: the host's CPU, memory, disk and network at an interval.
 *
 * A message is a list of samples; in a sample, a value is a number, a list of numbers by instance, `null` (unchanged)
 * or `false` (not known). When instances change, a new meta message is sent.
 */
export const metrics1: Payload = (channel) => {
  const source = requiredText(channel.open, 'source')
  if (source !== 'internal')
    throw new ProblemError('not-supported', `Metrics come from the source "internal" only, not "${source.slice(0, 60)}".`)
  const interval = numberOption(channel.open, 'interval', 1000, 100, 3_600_000)
  const wanted = parseMetrics(channel)
  const only = listOption(channel.open, 'instances')
  const omit = listOption(channel.open, 'omit-instances') ?? []
  const chosen = (name: string): boolean => (only === undefined || only.includes(name)) && !omit.includes(name)
  const sampler = createSampler(channel, wanted, interval, chosen)
  channel.ready()
  sampler()
  const timer = setInterval(sampler, interval)
  channel.signal.addEventListener('abort', () => clearInterval(timer))
  return {}
}

function parseMetrics(channel: Channel): Wanted[] {
  const list = channel.open['metrics']
  if (!Array.isArray(list) || list.length === 0 || list.length > 256) throw invalid('metrics', 'a list of metrics')
  return list.map((each) => {
    if (!isObject(each) || typeof each['name'] !== 'string') throw invalid('metrics', 'a list of metrics with names')
    const { name, units, derive } = each
    const known = Object.hasOwn(metricTable, name) ? metricTable[name] : undefined
    if (known === undefined) throw new ProblemError('not-supported', `There is no metric "${name.slice(0, 60)}".`)
    if (units !== undefined && units !== known.units) throw new ProblemError('not-supported', `"${name}" is in ${known.units}.`)
    if (derive !== undefined && derive !== null && derive !== '' && derive !== 'rate' && derive !== 'delta')
      throw invalid('derive', '"rate"')
    return { name, rate: derive === 'rate', units: known.units, counter: known.counter, instanced: known.instanced }
  })
}

/** A function that takes one sample and sends what changed. */
function createSampler(channel: Channel, wanted: Wanted[], interval: number, chosen: (instance: string) => boolean): () => void {
  let instances: string | undefined
  let before: { at: number; values: Map<string, number> } | undefined
  let sent: Sample[][] = []
  return () => {
    const at = performance.now()
    const reading = readMetrics(
      wanted.map(({ name }) => name),
      chosen,
    )
    const names = wanted.map((metric) => (metric.instanced ? instancesOf(reading, metric.name) : undefined))
    const layout = JSON.stringify(names)
    if (layout !== instances) {
      instances = layout
      sent = []
      channel.send(JSON.stringify(metaMessage(wanted, names, interval)))
    }
    const values = new Map<string, number>()
    const samples = wanted.map((metric, index) =>
      (names[index] ?? ['']).map((instance): Sample => {
        const key = `${metric.name} ${instance}`
        const value = reading.get(metric.name)?.get(instance)
        if (value === undefined) return false
        values.set(key, value)
        if (!metric.rate) return value
        const old = before?.values.get(key)
        return old === undefined || before === undefined ? false : Math.max(0, ((value - old) * 1000) / (at - before.at))
      }),
    )
    before = { at, values }
    channel.send(JSON.stringify([compress(samples, sent, wanted)]))
    sent = samples
  }
}

function instancesOf(reading: Reading, name: string): string[] {
  return [...(reading.get(name)?.keys() ?? [])]
}

function metaMessage(wanted: Wanted[], names: (string[] | undefined)[], interval: number): JsonObject {
  return {
    source: 'internal',
    interval,
    timestamp: Date.now(),
    now: Date.now(),
    metrics: wanted.map((metric, index): Json => ({
      name: metric.name,
      units: metric.units,
      semantics: metric.counter ? 'counter' : 'instant',
      ...(metric.rate ? { derive: 'rate' } : {}),
      ...(names[index] === undefined ? {} : { instances: names[index] }),
    })),
  }
}

/** Unchanged values become null, and lists lose the nulls at their end. */
function compress(samples: Sample[][], sent: Sample[][], wanted: Wanted[]): Json[] {
  return samples.map((values, index) => {
    const changed = values.map((value, at) => (sent[index]?.[at] === value ? null : value))
    if (!wanted[index]!.instanced) return changed[0] ?? null
    while (changed.length > 0 && changed.at(-1) === null) changed.pop()
    return changed
  })
}
