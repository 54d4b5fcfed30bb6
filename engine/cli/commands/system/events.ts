import type { Event } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { goJson } from '../../output/go-json.ts'
import { goTime } from '../../output/go-time.ts'
import { renderValue } from '../../output/report.ts'
import { typed } from '../../output/template/typed.ts'
import { listTypes } from '../../output/template/types/list.ts'
import { bool, text, texts } from '../../parse/flags.ts'
import { parseFilters } from '../../flags/targets.ts'
import { stdout } from '../../output/print.ts'

export const events = command({
  summary: 'Show system events',
  description: 'Prints events as they happen, and past ones with --since and --until.',
  examples: ['berth events', 'berth events --filter event=create', 'berth events --since 1h30s'],
  flags: {
    filter: texts('f', 'Filter output'),
    format: text('', 'Format the output using a Go template'),
    'no-trunc': bool('', 'Do not truncate the output', true),
    since: text('', 'Show all events created since timestamp'),
    stream: bool('', 'Stream events and do not exit when returning the last known event', true),
    until: text('', 'Show all events until timestamp'),
  },
  args: { max: 0 },
  async run({ flags, engine }) {
    const signal = signalWhenInterrupted()
    const api = await engine()
    const input = {
      stream: flags.stream,
      since: flags.since,
      until: flags.until,
      filters: parseFilters(flags.filter, (filter) => `failed to parse event filters: ${filter} is an invalid filter`),
    }
    try {
      for await (const event of await api['system.events'](input, { signal }))
        stdout().write(`${show(event, flags.format, flags['no-trunc'])}\n`)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  },
})

/** An event under the names that podman's own have. */
export function eventRow(event: Event) {
  const { name = '', image = '', containerExitCode, podId, ...attributes } = event.Actor.Attributes
  return {
    // A volume has none.
    ...(event.Type === 'volume' ? {} : { ID: event.Actor.ID }),
    ...(image ? { Image: image } : {}),
    Name: name,
    Status: event.Action,
    ...(containerExitCode === undefined ? {} : { ContainerExitCode: Number(containerExitCode) }),
    ...(podId ? { PodID: podId } : {}),
    time: event.time,
    timeNano: event.timeNano,
    Type: event.Type,
    ...(event.HealthStatus === undefined ? {} : { health_status: event.HealthStatus }),
    Attributes: Object.keys(attributes).length > 0 ? attributes : null,
  }
}

function show(event: Event, format: string | undefined, long: boolean): string {
  const row = eventRow(event)
  if (format === 'json') return goJson(row, 0)
  if (format) return renderValue('events', 'system.Event', format, typed(listTypes, 'system.Event', row)).trimEnd()
  const id = long ? row.ID : row.ID?.slice(0, 12)
  const time = goTime(withNanoseconds(event))
  if (row.Type === 'system') return `${time} system ${row.Status}`
  if (row.Type === 'volume') return `${time} volume ${row.Status} ${row.Name}`
  if (row.Type === 'image') return `${time} image ${row.Status} ${id} ${row.Name}`.trimEnd()
  const details = Object.entries({
    image: row.Image ?? '',
    name: row.Name,
    ...(podOf(event) ? { pod_id: podOf(event) } : {}),
    ...(event.HealthStatus === undefined
      ? {}
      : {
          health_status: event.HealthStatus,
          health_failing_streak: event.HealthFailingStreak ?? 0,
          health_log: event.HealthLog ?? '',
        }),
    ...row.Attributes,
  })
  return `${time} ${row.Type} ${row.Status} ${id} (${details.map(([key, value]) => `${key}=${value}`).join(', ')})`
}

const podOf = (event: Event) => event.Actor.Attributes['podId']

/** The time in the event's own zone-free form; a double holds nanoseconds only roughly, as does every JSON reader here. */
function withNanoseconds({ time, timeNano }: Event): string {
  const fraction = String(Math.max(0, Math.round(timeNano - time * 1e9)))
    .padStart(9, '0')
    .slice(0, 9)
  return new Date(time * 1000).toISOString().replace('.000', `.${fraction}`)
}
