import type { AuditRecord, Engine, Event, StatsReport } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { auditVerbs } from './fake-audit.ts'
import { fakeInfo } from './fake-data.ts'
import { containerVerbs } from './fake-containers.ts'
import { imageDetailVerbs } from './fake-image-details.ts'
import { imageVerbs } from './fake-images.ts'
import { networkVerbs } from './fake-networks.ts'
import { podVerbs } from './fake-pods.ts'
import { registryVerbs } from './fake-registries.ts'
import { streamVerbs } from './fake-streams.ts'
import { systemVerbs } from './fake-system.ts'
import { taskVerbs } from './fake-tasks.ts'
import { transferVerbs } from './fake-transfers.ts'
import { usageVerbs } from './fake-usage.ts'
import { storageVerbs } from './fake-volumes.ts'
import { type FakeState, type FakeWorld } from './fake-world.ts'

/** An engine in memory, with its calls and state for tests. */
export interface FakeEngine {
  engine: Engine
  state: FakeState
  /** Names of the operations called, in order. */
  calls: string[]
  /** Sends a report to all stats streams. */
  tick(report: StatsReport): void
  emit: FakeWorld['emit']
  /** Adds a record to the audit log. */
  note(record: AuditRecord): void
  /** Ends all streams, as a lost connection does. */
  interrupt(): void
}

type Overrides = { [K in keyof Engine]?: Engine[K] }

function eventOf(type: string, action: string, id: string, name: string): Event {
  const time = Date.now() / 1000
  return {
    Type: type,
    Action: action,
    Actor: { ID: id, Attributes: { name } },
    time: Math.floor(time),
    timeNano: time * 1e9,
  }
}

/** Makes an engine of the contract's type that needs no host. `overrides` replace single operations. */
export function createFakeEngine(initial: Partial<FakeState> = {}, overrides: Overrides = {}): FakeEngine {
  const world: FakeWorld = {
    state: { containers: [], pods: [], images: [], info: fakeInfo(), ...initial },
    eventStreams: new Set(),
    statsStreams: new Set(),
    emit: (...event) => world.eventStreams.forEach((stream) => stream.push(eventOf(...event))),
  }
  const calls: string[] = []
  const verbs: Overrides = {
    ...containerVerbs(world),
    ...networkVerbs(world),
    ...podVerbs(world),
    ...imageVerbs(world),
    ...imageDetailVerbs(world),
    ...transferVerbs(world),
    ...registryVerbs(world),
    ...streamVerbs(world),
    ...auditVerbs(world),
    ...systemVerbs(),
    ...taskVerbs((name) => engine[name] as never, world.state.tasks),
    ...usageVerbs(world),
    ...storageVerbs(world),
    ...overrides,
  }
  const engine = new Proxy(verbs, {
    get: (target, name: string) => async (input: unknown, options: unknown) => {
      calls.push(name)
      const verb = target[name as keyof Engine] as ((input: unknown, options: unknown) => unknown) | undefined
      if (!verb) throw new EngineError('NotSupported', `The fake engine has no ${name}.`)
      return verb(input, options)
    },
  }) as Engine
  return {
    engine,
    state: world.state,
    calls,
    emit: world.emit,
    note: (record) => world.noteAudit?.(record),
    tick: (report) => world.statsStreams.forEach((stream) => stream.push(report)),
    interrupt: () => [...world.eventStreams, ...world.statsStreams].forEach((stream) => stream.end()),
  }
}
