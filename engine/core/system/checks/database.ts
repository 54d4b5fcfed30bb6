import { EngineError } from '../../../errors/index.ts'
import { type CheckJob, repaired } from './job.ts'

/**
 * SQLite's integrity check. Damaged indexes are rebuilt; other damage needs a backup.
 * @throws StoreCorrupt
 */
export async function checkDatabase(job: CheckJob): Promise<void> {
  const { database } = job.context
  const damage = (): string[] => {
    const rows = database.all(job.quick ? 'PRAGMA quick_check(5)' : 'PRAGMA integrity_check(5)')
    return rows.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok')
  }
  const found = damage()
  if (found.length > 0 && job.repair) {
    await database.transaction(() => database.run('REINDEX'))
    if (damage().length === 0) return repaired(job, 'Damaged indexes of the database were rebuilt.')
  }
  if (found.length > 0)
    throw new EngineError(
      'StoreCorrupt',
      `The database ${database.file} is damaged (${found[0]!.replaceAll('\n', ' ').slice(0, 200)}): restore it from a backup, or move it away and start again. Images are then pulled again from the blobs that are still there; copy what you need from the containers' folders first, since the next prune removes what the new database does not know.`,
      { details: { file: database.file, damage: found } },
    )
  const strays = database.all('PRAGMA foreign_key_check')
  if (strays.length === 0) return
  if (!job.repair) {
    job.remaining += strays.length
    job.report.Images['names'] = [`${strays.length} rows of the database belong to nothing that is there`]
    return
  }
  await database.transaction(() => {
    database.run('DELETE FROM main.image_names WHERE image NOT IN (SELECT id FROM main.images)')
    database.run('DELETE FROM main.image_name_history WHERE image NOT IN (SELECT id FROM main.images)')
  })
  repaired(job, `${strays.length} rows of the database that belonged to nothing were removed.`)
}
