import { type History } from './history.ts'
import { longestHistory } from './ring.ts'
import { type SampleField, sampleFields } from './sample.ts'

/** The socket of the host's recorder: any user may connect, and the kernel identifies the peer. */
export const hostSocket = '/run/berth-usage/usage.sock'

/**
 * Who records: `host` everybody's containers from boot to shut-down, `service` those of one user while their service runs, `session`
 * those of one user while they use Berth.
 */
export type RecorderKind = 'host' | 'service' | 'session'
export const recorderKinds = ['host', 'service', 'session'] as const satisfies readonly RecorderKind[]

/** What a recorder says of itself. */
export interface RecorderStatus {
  kind: RecorderKind
  /** Seconds since the epoch since when it runs. */
  since: number
  /** The peer's containers that are recorded now. */
  containers: number
}

/** A request for history: one line of JSON, `{"read": …}`. The other request is `{"status": true}`. */
export interface ReadRequest {
  containers: { id: string; name: string }[]
  /** The sums over all of the user's containers, after the others. */
  total: boolean
  seconds: number
  points: number
  fields: SampleField[]
  /** Another user's, for root. */
  owner?: number
}

/** What was recorded of one container, or of all together: a line of the answer. */
export interface RecordedSeries {
  /** Absent for the sums. */
  id?: string
  step: number
  start: number
  values: Partial<Record<SampleField, (number | null)[]>>
}

/** Bounds of one request. */
export const maxContainers = 2000
export const maxLine = 512 * 1024

/** A request as it was sent, checked field by field; undefined for what is none. */
export function checkRead(value: unknown): ReadRequest | undefined {
  const { containers, total, seconds, points, fields, owner } = (value ?? {}) as Partial<Record<keyof ReadRequest, unknown>>
  if (!Array.isArray(containers) || containers.length > maxContainers || !containers.every(isContainer)) return undefined
  if (!isInteger(seconds, 1, longestHistory) || !isInteger(points, 0, 100_000)) return undefined
  if (!Array.isArray(fields) || !fields.every((field) => sampleFields.includes(field as SampleField))) return undefined
  if (owner !== undefined && !isInteger(owner, 0, 0xffff_fffe)) return undefined
  return {
    containers: containers.map(({ id, name }) => ({ id, name })),
    total: total === true,
    seconds,
    points,
    fields: [...new Set(fields as SampleField[])],
    ...(owner === undefined ? {} : { owner }),
  }
}

function isContainer(value: unknown): value is { id: string; name: string } {
  const { id, name } = (value ?? {}) as { id?: unknown; name?: unknown }
  return typeof id === 'string' && /^[0-9a-f]{64}$/.test(id) && typeof name === 'string' && name.length <= 255
}

function isInteger(value: unknown, from: number, to: number): value is number {
  return Number.isInteger(value) && (value as number) >= from && (value as number) <= to
}

/** A history as a line of the answer has it: rounded to what a chart can show, and null for gaps. */
export function toSeries({ step, start, points }: History, fields: readonly SampleField[]): Omit<RecordedSeries, 'id'> {
  const values = Object.fromEntries(
    fields.map((field) => [field, points.map((point) => (point === null ? null : rounded(point[field], field === 'cpu')))]),
  )
  return { step, start, values }
}

function rounded(value: number, percent: boolean): number | null {
  if (!Number.isFinite(value)) return null
  return percent ? Math.round(value * 100) / 100 : Math.round(value)
}
