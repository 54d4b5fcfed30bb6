import type { AuditRecord, Engine } from '../../engine/contract/index.ts'
import type { Channel } from './channel.ts'
import { type FakeWorld, openStream } from './fake-world.ts'

/** A record of the fake's log, so many minutes ago. */
export function fakeRecord(minutes: number, changes: Partial<AuditRecord> = {}): AuditRecord {
  const at = Date.now() - minutes * 60_000
  return {
    id: `${at.toString(16).padStart(12, '0')}000000000000`,
    time: new Date(at).toISOString(),
    uid: 1000,
    user: 'alice',
    operation: 'container.start',
    via: 'console',
    address: '192.0.2.7',
    object: 'proxy',
    result: 'ok',
    duration: 214,
    source: 'engine',
    ...changes,
  }
}

const some = (): AuditRecord[] => [
  fakeRecord(1),
  fakeRecord(3, { operation: 'image.pull', object: 'docker.io/library/nginx:1.29', duration: 4200 }),
  fakeRecord(9, {
    operation: 'container.remove',
    object: 'web',
    result: 'ContainerNotFound',
    via: 'cli',
    address: undefined,
    source: 'own',
  }),
  fakeRecord(12, { operation: 'session.login', object: undefined, source: 'server', duration: 640 }),
  fakeRecord(13, {
    operation: 'session.login',
    object: undefined,
    source: 'server',
    result: 'authentication-failed',
    duration: 3000,
  }),
  fakeRecord(95, { operation: 'session.end', object: 'timeout', source: 'server', duration: 5_400_000 }),
]

/** The fake's audit log; it knows of filters what tests and the demo need. */
export function auditVerbs(world: FakeWorld, streams = new Set<Channel<AuditRecord>>()): Partial<Engine> {
  const records = (): AuditRecord[] => (world.state.audit ??= some())
  return {
    'audit.list': async ({ filters, limit = 100, before }) => {
      const { text, result, operation } = (filters ?? {}) as { [key: string]: string[] | undefined }
      return records()
        .filter(({ id }) => before === undefined || id < before)
        .filter((record) => text === undefined || JSON.stringify(record).includes(text[0]!))
        .filter((record) => result === undefined || (record.result === 'ok') === (result[0] === 'ok'))
        .filter((record) => operation === undefined || record.operation.startsWith(`${operation[0]}.`))
        .slice(0, Number(limit))
    },
    'audit.follow': async (_input, options) => {
      const stream = openStream(streams, options?.signal)
      world.noteAudit = (record) => {
        records().unshift(record)
        for (const each of streams) each.push(record)
      }
      return stream
    },
  }
}
