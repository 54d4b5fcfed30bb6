import { EngineError } from '../errors/index.ts'
import type { Database, Row } from './connection.ts'
import { releaseName, takeName } from './names.ts'
import { type ContainerConfig, containerFormat, type ContainerRecord, type ContainerRunState } from './records/container.ts'
import { type OnDamaged, readRecord, readRows } from './records/format.ts'
import { columnToChange } from './records/stored.ts'

const columns = 'id, name, created, pod, config, state, version'

/**
 * Adds a container with its name, its dependencies and its volumes; inside a transaction.
 *
 * @throws EngineError `ContainerExists`, `NameInvalid`, `ContainerNotFound` for one of `needs` that is gone or being removed.
 */
export function insertContainer(database: Database, record: ContainerRecord, needs: readonly string[]): void {
  const { id, name, created, pod, config, state } = record
  takeName(database, name, 'container', id)
  database.run(
    'INSERT INTO containers (id, name, created, pod, image, status, config, state, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    name,
    created,
    pod,
    config.image?.id ?? null,
    state.status,
    JSON.stringify(config),
    JSON.stringify(state),
    containerFormat.version,
  )
  insertUses(database, id, config, needs)
}

function insertUses(database: Database, id: string, config: ContainerConfig, needs: readonly string[]): void {
  for (const need of needs) requireThere(database, need)
  for (const need of needs) database.run('INSERT OR IGNORE INTO dependencies (container, needs) VALUES (?, ?)', id, need)
  for (const { volume } of config.mounts) {
    if (volume !== undefined)
      database.run('INSERT OR IGNORE INTO container_volumes (container, volume) VALUES (?, ?)', id, volume)
  }
}

/**
 * Replaces a container's configuration; inside a transaction. Its volumes must have been recorded.
 *
 * @param needs the containers it needs from now on; as before where not given.
 * @throws EngineError `ContainerNotFound`, also for one of `needs` that is gone or being removed.
 */
export function replaceConfig(database: Database, id: string, config: ContainerConfig, needs?: readonly string[]): void {
  if (!columnToChange(database, containerFormat, id, 'config')) throw containerNotFound(id)
  database.run('UPDATE containers SET image = ?, config = ? WHERE id = ?', config.image?.id ?? null, JSON.stringify(config), id)
  const wanted = needs ?? dependencies(database, id)
  database.run('DELETE FROM dependencies WHERE container = ?', id)
  database.run('DELETE FROM container_volumes WHERE container = ?', id)
  insertUses(database, id, config, wanted)
}

/** The caller found it before; it may have been removed since. */
function requireThere(database: Database, id: string): void {
  const row = database.get('SELECT status FROM containers WHERE id = ?', id)
  if (!row || row['status'] === 'removing') throw containerNotFound(id)
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

/** The error for an unknown name, with podman's message. */
export function containerNotFound(nameOrId: string): EngineError {
  return new EngineError('ContainerNotFound', `no container with name or ID "${nameOrId}" found: no such container`, {
    details: { name: nameOrId },
  })
}

/**
 * All containers, oldest first.
 *
 * @param damaged without it, one that cannot be read fails all: for callers that remove what they do not see used.
 * @throws EngineError `StoreCorrupt`, `StoreUnsuitable`.
 */
export function allContainers(database: Database, damaged?: OnDamaged): ContainerRecord[] {
  return readRows(database.all(`SELECT ${columns} FROM containers ORDER BY created`), toContainer, damaged)
}

/** A pod's containers, oldest first. */
export function containersOfPod(database: Database, pod: string): ContainerRecord[] {
  return database.all(`SELECT ${columns} FROM containers WHERE pod = ? ORDER BY created`, pod).map(toContainer)
}

/** Names of the containers made from an image, by its id, oldest first; also of those whose record is damaged. */
export function containersOfImage(database: Database, image: string): { id: string; name: string }[] {
  const rows = database.all('SELECT id, name FROM containers WHERE image = ? ORDER BY created', image)
  return rows.map(({ id, name }) => ({ id: String(id), name: String(name) }))
}

/** Whether there is a container with this full id, however damaged its record may be. */
export function hasContainer(database: Database, id: string): boolean {
  return database.get('SELECT 1 FROM containers WHERE id = ?', id) !== undefined
}

/** How many containers are in each state. */
export function countByStatus(database: Database): Record<string, number> {
  const rows = database.all('SELECT status, count(*) AS number FROM containers GROUP BY status')
  return Object.fromEntries(rows.map((row) => [String(row['status']), Number(row['number'])]))
}

/** The containers whose record claims that something of them runs: these must be checked against the runtime's facts. */
export function containersToReconcile(database: Database, damaged?: OnDamaged): ContainerRecord[] {
  const rows = database.all(`SELECT ${columns} FROM containers WHERE status NOT IN ('created', 'exited')`)
  return readRows(rows, toContainer, damaged)
}

/** Ids of the other containers that need this one to exist (its namespaces). */
export function dependents(database: Database, id: string): string[] {
  return database
    .all('SELECT container FROM dependencies WHERE needs = ? AND container <> ?', id, id)
    .map((row) => String(row['container']))
}

/** Ids of the containers that this one needs. */
export function dependencies(database: Database, id: string): string[] {
  return database.all('SELECT needs FROM dependencies WHERE container = ?', id).map((row) => String(row['needs']))
}

/** Changes some of a container's state; inside a transaction. The rest stays as it is in the database now. @throws `ContainerNotFound`. */
export function updateState(database: Database, id: string, changes: Partial<ContainerRunState>): ContainerRunState {
  const before = columnToChange(database, containerFormat, id, 'state')
  if (!before) throw containerNotFound(id)
  const state = { ...before, ...changes }
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
    ...readRecord(containerFormat, row),
  }
}
