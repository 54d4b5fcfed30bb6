import { appendFileSync, renameSync, statSync } from 'node:fs'

import { timestamp } from './clock.ts'

/** An event as `events.jsonl` holds it: podman's file format, one JSON document a line. */
export interface EventLine {
  ID: string
  Image: string
  Name: string
  Status: string
  /** RFC 3339 with nanoseconds. */
  Time: string
  Type: 'container' | 'pod' | 'image' | 'volume' | 'network' | 'secret' | 'system'
  Attributes: Record<string, string> | null
  ContainerExitCode?: number
  PodID?: string
  /** Of `health_status`: what a check found. */
  health_status?: string
  health_failing_streak?: number
  health_log?: string
}

/** What an emitter provides; the time is added. */
export interface NewEvent {
  type: EventLine['Type']
  /** `create`, `start`, `died`, `pull` … */
  status: string
  id: string
  name: string
  image?: string
  pod?: string
  /** Labels and what else belongs to it. */
  attributes?: Record<string, string>
  exitCode?: number
  health?: { status: string; failingStreak: number; log?: string }
}

/** Beyond this size the file becomes `events.jsonl.1` and a new one begins. */
const rotateAt = 16 * 1024 * 1024
const longestLine = 256 * 1024

/**
 * Appends an event to the file, with one write, so that lines of several processes never mix. An event that cannot be written (full
 * disk) is lost; the operation still succeeds.
 */
export function appendEvent(file: string, event: NewEvent): void {
  const line: EventLine = {
    ID: event.id,
    Image: event.image ?? '',
    Name: event.name,
    Status: event.status,
    Time: timestamp(),
    Type: event.type,
    Attributes: event.attributes ?? null,
    ...(event.pod ? { PodID: event.pod } : {}),
    ...(event.exitCode === undefined ? {} : { ContainerExitCode: event.exitCode }),
    ...healthOf(event),
  }
  try {
    let text = JSON.stringify(line)
    if (text.length > longestLine) text = JSON.stringify({ ...line, Attributes: null })
    appendFileSync(file, `${text}\n`, { mode: 0o600 })
    if (Math.random() < 0.01) rotate(file)
  } catch {
    // See above.
  }
}

function healthOf({ health }: NewEvent): Partial<EventLine> {
  if (!health) return {}
  const { status, failingStreak, log } = health
  return { health_status: status, health_failing_streak: failingStreak, ...(log === undefined ? {} : { health_log: log }) }
}

function rotate(file: string): void {
  if (statSync(file).size > rotateAt) renameSync(file, `${file}.1`)
}
