import type { Output } from '../../contract/index.ts'
import type { HistoryEntry } from '../../image/index.ts'
import type { Verb } from '../verb.ts'
import { currentImages } from './resolve/current.ts'
import { namesOnTop } from './layers.ts'
import { resolveImage } from './resolve/resolve-image.ts'

type Step = Output<'image.history'>[number]

/** The steps of an image's history, newest first, each with its layer's size and the images that end with it. */
export const history: Verb<'image.history'> = async (context, { name }) => {
  const { record, document } = await resolveImage(context, name)
  const set = await currentImages(context)
  const { chain } = record.facts
  const shown = new Set<string>()
  let layer = chain.length - 1
  return document.history.toReversed().map((entry): Step => {
    const chainId = layer >= 0 ? chain[layer] : undefined
    const ends = chainId === undefined ? [] : set.onTop(chainId)
    // Of several images that end with one layer the requested one comes first.
    const id = ends.find((each) => each.id === record.id)?.id ?? ends[0]?.id
    const known = id !== undefined && !shown.has(id)
    if (known) shown.add(id)
    const size = entry.empty_layer || chainId === undefined ? 0 : set.layerSize(chainId)
    if (!entry.empty_layer) layer--
    const tags = chainId === undefined ? [] : namesOnTop(set, chainId)
    return {
      Id: known ? id : '<missing>',
      Created: seconds(entry),
      CreatedBy: entry.created_by ?? '',
      Tags: tags.length > 0 ? tags : null,
      Size: size,
      Comment: entry.comment ?? '',
    }
  })
}

/** Go's zero time where the step does not say. */
function seconds({ created }: HistoryEntry): number {
  const time = created === undefined ? Number.NaN : Date.parse(created)
  return Math.floor((Number.isNaN(time) ? Date.parse('0001-01-01T00:00:00Z') : time) / 1000)
}
