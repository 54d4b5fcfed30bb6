import { existsSync, lstatSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'

import { EngineError } from '../../../errors/index.ts'
import { type ChainId, isDigest } from '../../../image/index.ts'
import { knownDriver } from '../../../storage/driver.ts'
import { checkRecord, imageFormat, type ReadOnlyImage } from '../../../store/index.ts'
import { readPlain } from '../../../lib/files/plain-file.ts'
import { memberNames } from './member-names.ts'
import { fullNames, isFolderOf, type OtherStore } from './other-store.ts'

const hexId = /^[0-9a-f]{64}$/
const maxImages = 20_000
const maxNames = 200_000
/** A layer's record names 128 others. */
const maxRecordBytes = 64 * 1024

/**
 * Reads another Berth's store. Nothing in it is written, and everything that becomes a path is verified.
 * @throws StoreCorrupt
 */
export function readBerthStore(root: string): OtherStore {
  const store: OtherStore = { root, images: [], layers: new Map(), blobs: new Map(), warnings: [] }
  const database = openReadOnly(root)
  try {
    const markedByFiles = knownDriver(root) === 'vfs'
    requireTables(database)
    const names = database.prepare(`SELECT name, image FROM image_names ORDER BY ${nameOrder(database)} LIMIT ?`).all(maxNames)
    const byImage = Map.groupBy(names, ({ image }) => String(image))
    const columns = `id, added, created, size, facts, ${hasColumn(database, 'images', 'version') ? 'version' : '0 AS version'}`
    for (const row of database.prepare(`SELECT ${columns} FROM images LIMIT ?`).all(maxImages)) {
      const id = String(row['id'])
      try {
        addImage(store, markedByFiles, row, fullNames((byImage.get(id) ?? []).map(({ name }) => name)))
      } catch (error) {
        store.warnings.push(`The image ${id.slice(0, 12)} of ${root} cannot be used: ${EngineError.from(error).message}`)
      }
    }
  } catch (cause) {
    throw new EngineError('StoreCorrupt', `The additional image store ${root} cannot be read: ${(cause as Error).message}.`, {
      details: { root },
      cause,
    })
  } finally {
    database.close()
  }
  return store
}

/** A read-only disk has no space for SQLite's shared memory: the database is then opened as immutable. */
function openReadOnly(root: string): DatabaseSync {
  const file = join(root, 'state.db')
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false })
  if (log && log.size > 0) return new DatabaseSync(file, { readOnly: true })
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  return new DatabaseSync(url, { readOnly: true })
}

/** Newest first; stores of earlier versions do not have when a name was given. */
function nameOrder(database: DatabaseSync): string {
  return hasColumn(database, 'image_names', 'given') ? 'given DESC, name' : 'name'
}

function hasColumn(database: DatabaseSync, table: string, column: string): boolean {
  return database.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, column) !== undefined
}

/** A view or a computed column could run for ever. @throws Error */
function requireTables(database: DatabaseSync): void {
  const tables = database
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('images', 'image_names') AND sql NOT LIKE '% VIRTUAL %'",
    )
    .all()
  const computed = database
    .prepare(
      "SELECT name FROM pragma_table_xinfo('images') WHERE hidden != 0 UNION SELECT name FROM pragma_table_xinfo('image_names') WHERE hidden != 0",
    )
    .all()
  if (tables.length !== 2 || computed.length > 0) throw new Error('it has not the tables of a store')
}

function addImage(store: OtherStore, markedByFiles: boolean, row: Record<string, unknown>, names: string[]): void {
  const { facts } = checkRecord(imageFormat, row)
  const id = String(row['id'])
  if (facts.list) return
  const digests = [facts.manifest, facts.config, ...facts.layers].map(({ digest }) => digest)
  if (!hexId.test(id) || !facts.chain.every((chain) => hexId.test(chain)) || !digests.every((digest) => isDigest(digest)))
    throw new EngineError('StoreCorrupt', 'Its record is damaged.')
  if (facts.chain.length > 128 || facts.chain.length !== facts.layers.length)
    throw new EngineError('StoreCorrupt', 'Its record is damaged.')
  for (const [i, chain] of facts.chain.entries()) addLayer(store, markedByFiles, chain as ChainId, facts.layers[i]!.digest)
  for (const digest of digests) {
    const file = join(store.root, 'blobs', digest.replace(':', '/'))
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile()) store.blobs.set(digest, file)
  }
  if (!store.blobs.has(facts.config.digest) || !store.blobs.has(facts.manifest.digest))
    throw new EngineError('StoreCorrupt', 'Its manifest or configuration is missing.')
  const record = {
    id,
    added: String(row['added']),
    created: Number(row['created']),
    size: Number(row['size']),
    facts: { ...facts, store: store.root },
  }
  store.images.push({ record, names, history: names.toReversed() } satisfies ReadOnlyImage)
}

function addLayer({ root, layers }: OtherStore, markedByFiles: boolean, chainId: ChainId, digest: string): void {
  if (layers.has(chainId)) return
  const folder = join(root, 'layers', chainId)
  const path = join(folder, 'diff')
  if (!existsSync(join(folder, 'layer.json')) || !isFolderOf(root, path))
    throw new EngineError('StoreCorrupt', `Its layer ${chainId.slice(0, 12)} is missing.`)
  const { size } = JSON.parse(readPlain(join(folder, 'layer.json'), maxRecordBytes).toString('utf8')) as { size: number }
  const blob = join(root, 'blobs', digest.replace(':', '/'))
  layers.set(chainId, {
    path,
    ...(markedByFiles ? { markedByFiles } : {}),
    size: Number.isSafeInteger(size) ? size : 0,
    ...(existsSync(blob) ? { names: () => memberNames(blob) } : {}),
  })
}
