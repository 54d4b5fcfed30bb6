import { type Output, parseInput } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { Context } from '../context.ts'
import { collect } from '../images/store/collect.ts'
import type { Verb } from '../verb.ts'
import { pruneVolumes } from '../volumes/prune.ts'

type Report = Output<'system.prune'>

/**
 * Removes pods and containers that ended, images that nothing uses and, if asked, volumes; `ReclaimedSpace` is exactly what that
 * freed. What cannot be removed is reported, and the rest goes on. Other engines' networks stay.
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
  const [{ prune: pods }, { prune: containers }, { prune: images }] = await Promise.all([
    import('../pods/prune.ts'),
    import('../containers/prune.ts'),
    import('../images/prune.ts'),
  ])
  const PodPruneReport = Object.keys(filters).length === 0 ? await pods(context, {}, options) : []
  const ContainerPruneReports = await containers(context, parseInput('container.prune', { filters }))
  const NetworkPruneReports = await prunedNetworks(context, filters)
  const VolumePruneReports = input.volumes ? await pruneVolumes(context, filters) : []
  const ImagePruneReports = await images(context, parseInput('image.prune', { all: input.all, filters }), options)
  const freed = [...ContainerPruneReports, ...VolumePruneReports, ...ImagePruneReports]
  return {
    PodPruneReport,
    ContainerPruneReports,
    ImagePruneReports,
    NetworkPruneReports,
    VolumePruneReports,
    ReclaimedSpace: freed.reduce((sum, { Size }) => sum + Size, 0),
  } satisfies Report
}

async function prunedNetworks(
  context: Context,
  filters: Record<string, string[]>,
): Promise<{ Name: string; Error: string | null }[]> {
  const { prune: networks } = await import('../networks/prune.ts')
  return (await networks(context, { filters })).map(({ Name, Error }) => ({ Name, Error: Error ?? null }))
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
