import { EngineError } from '../errors/index.ts'
import type { Database, Row } from './connection.ts'
import { releaseName, takeName } from './names.ts'
import { type OnDamaged, readRecord, readRows } from './records/format.ts'
import { type PodConfig, podFormat, type PodRecord } from './records/pod.ts'
import { columnToChange } from './records/stored.ts'

const columns = 'id, name, created, config, version'

/** Adds a pod with its name; inside a transaction. @throws `PodExists`, `NameInvalid`. */
export function insertPod(database: Database, { id, name, created, config }: PodRecord): void {
  takeName(database, name, 'pod', id)
  database.run(
    'INSERT INTO pods (id, name, created, config, version) VALUES (?, ?, ?, ?, ?)',
    id,
    name,
    created,
    JSON.stringify(config),
    podFormat.version,
  )
}

/** The pod with this full id. */
export function podById(database: Database, id: string): PodRecord | undefined {
  const row = database.get(`SELECT ${columns} FROM pods WHERE id = ?`, id)
  return row && toPod(row)
}

/** Finds a pod by full id, name, or unique beginning of its id. @throws EngineError `PodNotFound`, `NameAmbiguous`. */
export function findPod(database: Database, nameOrId: string): PodRecord {
  const exact =
    database.get(`SELECT ${columns} FROM pods WHERE id = ?`, nameOrId) ??
    database.get(`SELECT ${columns} FROM pods WHERE name = ?`, nameOrId)
  if (exact) return toPod(exact)
  const rows = /^[0-9a-f]{1,64}$/.test(nameOrId)
    ? database.all(`SELECT ${columns} FROM pods WHERE id >= ? AND id < ? LIMIT 2`, nameOrId, `${nameOrId}g`)
    : []
  if (rows.length > 1)
    throw new EngineError('NameAmbiguous', `more than one result for pod name or ID "${nameOrId}": pod already exists`, {
      details: { name: nameOrId },
    })
  const [row] = rows
  if (!row) throw podNotFound(nameOrId)
  return toPod(row)
}

/** The error for an unknown pod, with podman's message. */
export function podNotFound(nameOrId: string): EngineError {
  return new EngineError('PodNotFound', `no pod with name or ID ${nameOrId} found: no such pod`, { details: { name: nameOrId } })
}

/** All pods, oldest first. @param damaged without it, one that cannot be read fails all. */
export function allPods(database: Database, damaged?: OnDamaged): PodRecord[] {
  return readRows(database.all(`SELECT ${columns} FROM pods ORDER BY created`), toPod, damaged)
}

/** Changes some of a pod's configuration; inside a transaction. @throws `PodNotFound`. */
export function updatePod(database: Database, id: string, changes: Partial<PodConfig>): PodConfig {
  const before = columnToChange(database, podFormat, id, 'config')
  if (!before) throw podNotFound(id)
  const config = { ...before, ...changes }
  database.run('UPDATE pods SET config = ? WHERE id = ?', JSON.stringify(config), id)
  return config
}

/** Removes a pod with its name; inside a transaction. One that is gone is success. @throws EngineError `PodHasContainers`. */
export function deletePod(database: Database, id: string): void {
  // Also one whose record is damaged.
  const row = database.get('SELECT name FROM pods WHERE id = ?', id)
  if (!row) return
  const name = String(row['name'])
  const members = database.all('SELECT id FROM containers WHERE pod = ?', id).map((row) => String(row['id']))
  if (members.length > 0) {
    const message = `pod ${name} got containers while it was being removed, ${members.join(', ')}: remove it again`
    throw new EngineError('PodHasContainers', message, { details: { pod: id, containers: members } })
  }
  releaseName(database, name)
  database.run('DELETE FROM pods WHERE id = ?', id)
}

function toPod(row: Row): PodRecord {
  return {
    id: String(row['id']),
    name: String(row['name']),
    created: String(row['created']),
    ...readRecord(podFormat, row),
  }
}
