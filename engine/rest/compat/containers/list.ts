import type { ContainerInspect, ContainerSummary, Engine } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { cacheJson } from '../../../lib/files/known-json.ts'
import { stateText } from '../../../spec/duration.ts'
import type { Mapping } from '../mapping.ts'
import { familiar, withAlgorithm } from '../names.ts'
import { dockerNetworks, networkMode } from './requested.ts'

/** Containers in Docker's form, newest first. Mounts and networks stand in what inspect says of each. */
export const list: Mapping<'docker.container.list'> = async (engine, { all, limit, size, filters }, options) => {
  // For Docker one that is paused runs.
  const wanted = all || limit > 0 || filters?.['status'] ? filters : { ...filters, status: ['running', 'paused', 'stopping'] }
  const found = await engine['container.list'](
    { all, size, filters: wanted ?? {}, ...(limit > 0 ? { last: limit } : {}) },
    options,
  )
  const shown = limit > 0 ? found : found.toReversed()
  const rows: Row[] = []
  for (let at = 0; at < shown.length; at += atOnce) {
    const some = await Promise.all(shown.slice(at, at + atOnce).map((container) => rowOf(engine, container)))
    rows.push(...some.filter((row) => row !== undefined))
  }
  return answerOf(rows)
}

/** Containers that are inspected at once: hundreds would hold much memory. */
const atOnce = 32

/** The last answer: clients that look again and again mostly find the same. */
let last: { rows: readonly Row[]; answer: Summary[] } | undefined

function answerOf(rows: readonly Row[]): Summary[] {
  if (last?.rows.length === rows.length && rows.every((row, index) => row === last?.rows[index])) return last.answer
  const answer = rows.map(({ summary }) => summary)
  cacheJson(answer, `[${rows.map(({ json }) => json).join(',')}]`)
  last = { rows, answer }
  return answer
}

type Summary = ReturnType<typeof toSummary>

/** A container in the list, with its JSON text. */
interface Row {
  summary: Summary
  json: string
}

/** By the engine's own summary, which is another object as soon as anything about its container changed. */
const known = new WeakMap<ContainerSummary, Row>()

/** Rows that are being made: clients that ask at the same time share them. */
const making = new WeakMap<ContainerSummary, Promise<Row | undefined>>()

/** What passes with time alone is in its status (`Up 3 minutes`), and is made again for each request. */
async function rowOf(engine: Engine, container: ContainerSummary): Promise<Row | undefined> {
  const before = known.get(container) ?? (await newRow(engine, container))
  const Status = statusText(container)
  if (before === undefined || before.summary.Status === Status) return before
  return keepRow(container, { ...before.summary, Status })
}

function newRow(engine: Engine, container: ContainerSummary): Promise<Row | undefined> {
  const begun = making.get(container)
  if (begun) return begun
  // Not with the signal of the client that asked first: others wait for it as well.
  const row = inspectIfThere(engine, container.Id)
    .then((details) => details && keepRow(container, toSummary(container, details)))
    .finally(() => making.delete(container))
  making.set(container, row)
  return row
}

function keepRow(container: ContainerSummary, summary: Summary): Row {
  const row = { summary, json: JSON.stringify(summary) }
  known.set(container, row)
  return row
}

/** It may be removed meanwhile. */
async function inspectIfThere(engine: Engine, name: string): Promise<ContainerInspect | undefined> {
  try {
    return await engine['container.inspect']({ name })
  } catch (error) {
    if (EngineError.is(error, 'ContainerNotFound')) return undefined
    throw error
  }
}

function toSummary(container: ContainerSummary, details: ContainerInspect) {
  const { Id, Names, Image, ImageID, Command, Created, Ports, Labels, State, Size } = container
  return {
    Id,
    Names: Names.map((name) => `/${name}`),
    Image: familiar(Image),
    ImageID: withAlgorithm(ImageID),
    Command: (Command ?? []).join(' '),
    Created: Math.floor(Date.parse(Created) / 1000),
    Ports: toPorts(Ports),
    ...(Size ? { SizeRw: Size.rwSize, SizeRootFs: Size.rootFsSize } : {}),
    Labels: Labels ?? {},
    State: dockerState(State),
    Status: statusText(container),
    HostConfig: { NetworkMode: networkMode(details) },
    NetworkSettings: { Networks: dockerNetworks(details) },
    Mounts: details.Mounts,
  }
}

function statusText(container: ContainerSummary): string {
  const { State: state, StartedAt: startedAt, ExitedAt: exitedAt, ExitCode: exitCode, Status: health } = container
  return stateText({ state, startedAt, exitedAt, exitCode, health })
}

/** Docker knows no state for a process that is being ended, nor for one that is not begun. */
export function dockerState(state: string): string {
  const words: Readonly<Record<string, string>> = {
    stopping: 'running',
    stopped: 'exited',
    initialized: 'created',
    configured: 'created',
  }
  return words[state] ?? state
}

function toPorts(ports: ContainerSummary['Ports']) {
  return (ports ?? []).flatMap(({ host_ip, host_port = 0, container_port, range = 1, protocol = 'tcp' }) =>
    protocol.split(',').flatMap((Type) =>
      Array.from({ length: Math.max(1, range) }, (_, step) => ({
        IP: host_ip || '0.0.0.0',
        PrivatePort: container_port + step,
        PublicPort: host_port + step,
        Type,
      })),
    ),
  )
}
