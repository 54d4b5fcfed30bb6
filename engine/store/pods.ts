import { EngineError } from '../errors/index.ts'
import type { Database, Row } from './database.ts'
import { releaseName, takeName } from './names.ts'
import type { PodConfig, PodRecord } from './records.ts'

const columns = 'id, name, created, config'

/** Adds a pod with its name; inside a transaction. @throws `PodExists`, `NameInvalid`. */
export function insertPod(database: Database, { id, name, created, config }: PodRecord): void {
  takeName(database, name, 'pod', id)
  database.run('INSERT INTO pods (id, name, created, config) VALUES (?, ?, ?, ?)', id, name, created, JSON.stringify(config))
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

/** The failure for a pod nobody has, in podman's words. */
export function podNotFound(nameOrId: string): EngineError {
  return new EngineError('PodNotFound', `no pod with name or ID ${nameOrId} found: no such pod`, { details: { name: nameOrId } })
}

/** All pods, oldest first. */
export function allPods(database: Database): PodRecord[] {
  return database.all(`SELECT ${columns} FROM pods ORDER BY created`).map(toPod)
}

/** Changes some of a pod's configuration; inside a transaction. @throws `PodNotFound`. */
export function updatePod(database: Database, id: string, changes: Partial<PodConfig>): PodConfig {
  const pod = podById(database, id)
  if (!pod) throw podNotFound(id)
  const config = { ...pod.config, ...changes }
  database.run('UPDATE pods SET config = ? WHERE id = ?', JSON.stringify(config), id)
  return config
}

/** Removes a pod, whose containers must be gone, with its name; inside a transaction. One that is gone is success. */
export function deletePod(database: Database, id: string): void {
  const pod = podById(database, id)
  if (!pod) return
  releaseName(database, pod.name)
  database.run('DELETE FROM pods WHERE id = ?', id)
}

function toPod(row: Row): PodRecord {
  return {
    id: String(row['id']),
    name: String(row['name']),
    created: String(row['created']),
    config: JSON.parse(String(row['config'])) as PodConfig,
  }
}
