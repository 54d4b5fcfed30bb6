import type { DiskUsage } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { ago } from '../../../spec/duration.ts'
import { formatSize } from '../../../spec/size.ts'
import { shortId } from '../../../spec/name.ts'
import { renderRows } from '../../output/report.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { print } from '../../output/print.ts'

export const df = command({
  summary: 'Show disk usage',
  flags: {
    format: text('', 'Pretty-print using a Go template, or json'),
    verbose: bool('v', 'Show detailed information on disk usage'),
  },
  args: { max: 0 },
  async run({ flags, engine }) {
    if (flags.verbose && flags.format !== undefined) throw new UsageError('cannot combine --format and --verbose flags')
    const usage = await (await engine())['system.df']({})
    if (flags.verbose) {
      print(details(usage))
      return
    }
    const rows = summary(usage)
    // A line for each, as podman has it.
    if (flags.format === 'json') print(`[\n${rows.map((row) => `    ${goJson(row, 0)}`).join(',\n')}\n]\n`)
    else
      print(
        renderRows(rows, {
          name: 'df',
          type: '*system.dfSummary',
          format: flags.format,
          normal: '{{.Type}}\t{{.Total}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}',
        }),
      )
  },
})

const sum = <T>(list: readonly T[], size: (item: T) => number) => list.reduce((total, item) => total + size(item), 0)

interface Kind<T> {
  type: string
  list: readonly T[] | null
  isActive: (item: T) => boolean
  size: (item: T) => number
  /** Where it is not the sum of the items. */
  total?: number
  free?: number
}

function summaryRow<T>({ type, list, isActive, size, total, free }: Kind<T>) {
  const items = list ?? []
  const idle = items.filter((item) => !isActive(item))
  const RawSize = total ?? sum(items, size)
  const RawReclaimable = free ?? sum(idle, size)
  const percent = RawSize > 0 ? Math.round((RawReclaimable / RawSize) * 100) : 0
  return {
    Type: type,
    Total: items.length,
    Active: items.length - idle.length,
    RawSize,
    RawReclaimable,
    TotalCount: items.length,
    Size: formatSize(RawSize),
    Reclaimable: `${formatSize(RawReclaimable)} (${percent}%)`,
  }
}

/** Images, each once. */
function once(images: NonNullable<DiskUsage['Images']>): NonNullable<DiskUsage['Images']> {
  return [...new Map(images.map((image) => [image.ImageID, image])).values()]
}

function summary({ Images, Containers, Volumes, ImagesSize, ImagesReclaimable }: DiskUsage) {
  // Podman counts names, of which each has a row.
  const images = Images ?? []
  const free = ImagesReclaimable ?? sum(once(images), (image) => (image.Containers === 0 ? image.UniqueSize : 0))
  return [
    summaryRow({
      type: 'Images',
      list: images,
      isActive: (each) => each.Containers > 0,
      size: (each) => each.Size,
      total: ImagesSize,
      free,
    }),
    summaryRow({
      type: 'Containers',
      list: Containers,
      isActive: (each) => each.Status === 'running',
      size: (each) => each.RWSize,
    }),
    summaryRow({ type: 'Local Volumes', list: Volumes, isActive: (each) => each.Links > 0, size: (each) => each.Size }),
  ]
}

function details({ Images, Containers, Volumes }: DiskUsage): string {
  const images = (Images ?? []).map((each) => ({
    ...each,
    ImageID: shortId(each.ImageID),
    Created: ago(Date.parse(each.Created)).replace(/ ago$/, ''),
    Size: formatSize(each.Size),
    SharedSize: formatSize(each.SharedSize),
    UniqueSize: formatSize(each.UniqueSize),
  }))
  const containers = (Containers ?? []).map((each) => ({
    ...each,
    ContainerID: shortId(each.ContainerID),
    Image: shortId(each.Image),
    Command: (each.Command ?? []).join(' '),
    Size: formatSize(each.RWSize),
    Created: ago(Date.parse(each.Created)).replace(/ ago$/, ''),
  }))
  const volumes = (Volumes ?? []).map((each) => ({ ...each, Size: formatSize(each.Size) }))
  const table = (rows: object[], normal: string, headings = {}) =>
    renderRows(rows, { name: 'df', type: 'system.df', normal, headings })
  return (
    `Images space usage:\n\n${table(images, '{{.Repository}}\t{{.Tag}}\t{{.ImageID}}\t{{.Created}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}', { ImageID: 'IMAGE ID' })}` +
    `\nContainers space usage:\n\n${table(containers, '{{.ContainerID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.Created}}\t{{.Status}}\t{{.Names}}', { ContainerID: 'CONTAINER ID' })}` +
    `\nLocal Volumes space usage:\n\n${table(volumes, '{{.VolumeName}}\t{{.Links}}\t{{.Size}}')}`
  )
}
