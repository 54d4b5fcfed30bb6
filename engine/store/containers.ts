import { EngineError } from '../errors/index.ts'
import type { Database, Row } from './database.ts'
import { releaseName, takeName } from './names.ts'
import type { ContainerRecord, ContainerRunState } from './records.ts'

const columns = 'id, name, created, pod, config, state'

/** Adds a container with its name, its dependencies and its volumes; inside a transaction. @throws `ContainerExists`, `NameInvalid`. */
export function insertContainer(database: Database, record: ContainerRecord, needs: readonly string[]): void {
  const { id, name, created, pod, config, state } = record
  takeName(database, name, 'container', id)
  database.run(
    'INSERT INTO containers (id, name, created, pod, image, status, config, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    name,
    created,
    pod,
    config.image?.id ?? null,
    state.status,
    JSON.stringify(config),
    JSON.stringify(state),
  )
  for (const need of needs) database.run('INSERT OR IGNORE INTO dependencies (container, needs) VALUES (?, ?)', id, need)
  for (const { volume } of config.mounts) {
    if (volume !== undefined)
      database.run('INSERT OR IGNORE INTO container_volumes (container, volume) VALUES (?, ?)', id, volume)
  }
}

/** The container with this full id. */
export function containerById(database: Database, id: string): ContainerRecord | undefined {
  const row = database.get(`SELECT ${columns} FROM containers WHERE id = ?`, id)
  return row && toContainer(row)
}

/**
 * Finds a container by full id, name, or unique beginning of its id, in this order.
 *
 * @throws EngineError `ContainerNotFound`, `NameAmbiguous`.
 */
export function findContainer(database: Database, nameOrId: string): ContainerRecord {
  const exact =
    database.get(`SELECT ${columns} FROM containers WHERE id = ?`, nameOrId) ??
    database.get(`SELECT ${columns} FROM containers WHERE name = ?`, nameOrId)
  if (exact) return toContainer(exact)
  const rows = /^[0-9a-f]{1,64}$/.test(nameOrId)
    ? database.all(`SELECT ${columns} FROM containers WHERE id >= ? AND id < ? LIMIT 2`, nameOrId, `${nameOrId}g`)
    : []
  if (rows.length > 1) {
    throw new EngineError(
      'NameAmbiguous',
      `more than one result for container name or ID "${nameOrId}": container already exists`,
      { details: { name: nameOrId } },
    )
  }
  const [row] = rows
  if (!row) throw containerNotFound(nameOrId)
  return toContainer(row)
}

/** The failure for a name nobody has, in podman's words. */
export function containerNotFound(nameOrId: string): EngineError {
  return new EngineError('ContainerNotFound', `no container with name or ID "${nameOrId}" found: no such container`, {
    details: { name: nameOrId },
  })
}

/** All containers, oldest first. */
export function allContainers(database: Database): ContainerRecord[] {
  return database.all(`SELECT ${columns} FROM containers ORDER BY created`).map(toContainer)
}

/** A pod's containers, oldest first. */
export function containersOfPod(database: Database, pod: string): ContainerRecord[] {
  return database.all(`SELECT ${columns} FROM containers WHERE pod = ? ORDER BY created`, pod).map(toContainer)
}

/** Containers made from an image, by its id. */
export function containersOfImage(database: Database, image: string): ContainerRecord[] {
  return database.all(`SELECT ${columns} FROM containers WHERE image = ? ORDER BY created`, image).map(toContainer)
}

/** How many containers are in each state. */
export function countByStatus(database: Database): Record<string, number> {
  const rows = database.all('SELECT status, count(*) AS number FROM containers GROUP BY status')
  return Object.fromEntries(rows.map((row) => [String(row['status']), Number(row['number'])]))
}

/** Ids of the containers whose record claims that something of them runs: what has to be compared with the facts. */
export function containersToReconcile(database: Database): ContainerRecord[] {
  return database.all(`SELECT ${columns} FROM containers WHERE status NOT IN ('created', 'exited')`).map(toContainer)
}

/** Ids of containers that need this one to exist (its namespaces). */
export function dependents(database: Database, id: string): string[] {
  return database.all('SELECT container FROM dependencies WHERE needs = ?', id).map((row) => String(row['container']))
}

/** Ids of the containers that this one needs. */
export function dependencies(database: Database, id: string): string[] {
  return database.all('SELECT needs FROM dependencies WHERE container = ?', id).map((row) => String(row['needs']))
}

/** Changes some of a container's state; inside a transaction. The rest stays as it is in the database now. @throws `ContainerNotFound`. */
export function updateState(database: Database, id: string, changes: Partial<ContainerRunState>): ContainerRunState {
  const row = database.get('SELECT state FROM containers WHERE id = ?', id)
  if (!row) throw containerNotFound(id)
  const state = { ...(JSON.parse(String(row['state'])) as ContainerRunState), ...changes }
  database.run('UPDATE containers SET status = ?, state = ? WHERE id = ?', state.status, JSON.stringify(state), id)
  return state
}

/** Gives a container another name; inside a transaction. @throws `ContainerNotFound`, `ContainerExists`, `NameInvalid`. */
export function renameContainer(database: Database, id: string, name: string): void {
  const row = database.get('SELECT name FROM containers WHERE id = ?', id)
  if (!row) throw containerNotFound(id)
  takeName(database, name, 'container', id)
  releaseName(database, String(row['name']))
  database.run('UPDATE containers SET name = ? WHERE id = ?', name, id)
}

/** Removes a container with its name, sessions and address; inside a transaction. One that is gone is success. */
export function deleteContainer(database: Database, id: string): void {
  const row = database.get('SELECT name FROM containers WHERE id = ?', id)
  if (!row) return
  releaseName(database, String(row['name']))
  database.run('DELETE FROM addresses WHERE container = ?', id)
  database.run('DELETE FROM containers WHERE id = ?', id)
}

function toContainer(row: Row): ContainerRecord {
  return {
    id: String(row['id']),
    name: String(row['name']),
    created: String(row['created']),
    pod: row['pod'] === null ? null : String(row['pod']),
    config: JSON.parse(String(row['config'])) as ContainerRecord['config'],
    state: JSON.parse(String(row['state'])) as ContainerRunState,
  }
}
