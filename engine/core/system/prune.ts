import { rm } from 'node:fs/promises'
import path from 'node:path'

import { type Output, parseInput } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allVolumes, deleteVolume, volumeUsers } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { matchesLabel } from '../filters/label.ts'
import { collect } from '../images/collect.ts'
import { volumeData } from '../paths.ts'
import { parseMoment } from '../time/moment.ts'
import type { Verb } from '../verbs.ts'
import { folderSize } from './folder-size.ts'

type Report = Output<'system.prune'>
type Filters = Readonly<Record<string, readonly string[]>>

/**
 * Removes pods and containers that ended, images that nothing uses and, if asked, volumes; `ReclaimedSpace` is exactly what that
 * freed. What cannot be removed is reported, and the rest goes on. Networks stay: other engines may use them.
 */
export const prune: Verb<'system.prune'> = async (context, input, options) => {
  const filters = { ...input.filters }
  for (const name of Object.keys(filters)) {
    if (!['label', 'label!', 'until'].includes(name))
      throw new EngineError('InvalidArgument', `There is no filter "${name}" for system prune: use label, label! or until.`, {
        details: { filter: name },
      })
  }
  if (input.external) return external(context)
  const { verbs } = await import('../verbs.ts')
  const pods = await verbs['pod.prune']()
  const containers = await verbs['container.prune']()
  const images = await verbs['image.prune']()
  const PodPruneReport = Object.keys(filters).length === 0 ? await pods(context, parseInput('pod.prune', {}), options) : []
  const ContainerPruneReports = await containers(context, parseInput('container.prune', { filters }), options)
  const VolumePruneReports = input.volumes ? await pruneVolumes(context, filters) : []
  const ImagePruneReports = await images(context, parseInput('image.prune', { all: input.all, filters }), options)
  const freed = [...ContainerPruneReports, ...VolumePruneReports, ...ImagePruneReports]
  return {
    PodPruneReport,
    ContainerPruneReports,
    ImagePruneReports,
    NetworkPruneReports: [],
    VolumePruneReports,
    ReclaimedSpace: freed.reduce((sum, { Size }) => sum + Size, 0),
  } satisfies Report
}

/** Only what killed processes left. */
async function external(context: Context): Promise<Report> {
  await collect(context, { partial: true })
  return {
    PodPruneReport: [],
    ContainerPruneReports: [],
    ImagePruneReports: [],
    NetworkPruneReports: [],
    VolumePruneReports: [],
    ReclaimedSpace: 0,
  }
}

/** Volumes that no container mounts; with their sizes in bytes. */
async function pruneVolumes(context: Context, filters: Filters): Promise<NonNullable<Report['VolumePruneReports']>> {
  const reports: NonNullable<Report['VolumePruneReports']> = []
  const until = filters['until']?.map((value) => parseMoment(value, 'until') / 1_000_000n)
  for (const { name, created, config } of allVolumes(context.database)) {
    if (volumeUsers(context.database, name).length > 0) continue
    if (!(filters['label'] ?? []).every((label) => matchesLabel(config.labels, label))) continue
    if ((filters['label!'] ?? []).some((label) => matchesLabel(config.labels, label))) continue
    if (until && !until.some((moment) => BigInt(Date.parse(created)) < moment)) continue
    try {
      const Size = await folderSize(volumeData(context, name))
      await context.lock('volume', name, () => context.database.transaction(() => deleteVolume(context.database, name)))
      await rm(path.dirname(volumeData(context, name)), { recursive: true, force: true })
      context.emit({ type: 'volume', status: 'remove', id: name, name })
      reports.push({ Id: name, Size })
    } catch (error) {
      if (!EngineError.is(error, 'VolumeInUse')) reports.push({ Id: name, Size: 0, Err: EngineError.from(error).message })
    }
  }
  return reports
}
