import type { Output } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { ago } from '../../../spec/duration.ts'
import { goTime } from '../../output/go-time.ts'
import { formatSize } from '../../../spec/size.ts'
import { shortId } from '../../../spec/name.ts'
import { renderRows } from '../../output/report.ts'
import { listRow } from '../../output/template/types/list.ts'
import { bool, text, texts, textOr } from '../../parse/flags.ts'
import { parseFilters } from '../../flags/targets.ts'
import { print } from '../../output/print.ts'

type Image = Output<'image.list'>[number]

export const images = command({
  summary: 'List images in local storage',
  usage: '[IMAGE]',
  examples: ['berth images --format json', 'berth images --sort repository --format "table {{.ID}} {{.Repository}} {{.Tag}}"'],
  flags: {
    all: bool('a', 'Show all images (default hides intermediate images)'),
    digests: bool('', 'Show digests'),
    filter: texts('f', 'Filter output based on conditions provided'),
    format: text('', 'Change the output format to JSON or a Go template'),
    history: bool('', 'Display the image name history'),
    'no-trunc': bool('', 'Do not truncate output'),
    noheading: bool('n', 'Do not print column headings'),
    quiet: bool('q', 'Display only image IDs'),
    sort: textOr('', 'Sort by created, id, repository, size, tag', 'created', {
      choices: ['created', 'id', 'repository', 'size', 'tag'],
      refusal: '"{value}" is not a valid field for sorting. Choose from: tag, created, id, repository, size',
    }),
  },
  args: { max: 1 },
  async run({ args: [reference], flags, engine }) {
    const filters = parseFilters(
      flags.filter,
      (filter) => `invalid image filter "${filter}": must be in the format "filter=value or filter!=value"`,
    )
    if (reference !== undefined) filters['reference'] = [reference]
    const list = await (await engine())['image.list']({ all: flags.all, filters })
    if (flags.format === 'json') {
      const all = sorted(
        list.flatMap((image) => imageRows(image, true)),
        flags.sort,
      )
      print(
        `${goJson(
          all.map(({ source }) => jsonRow(source)),
          4,
          true,
        )}\n`,
      )
      return
    }
    const rows = sorted(
      list.flatMap((image) => imageRows(image, flags['no-trunc'])),
      flags.sort,
    )
    if (flags.quiet) {
      print([...new Set(rows.map(({ ID }) => `${ID}\n`))].join(''))
      return
    }
    const normal = `{{.Repository}}\t{{.Tag}}${flags.digests ? '\t{{.Digest}}' : ''}\t{{.ID}}\t{{.Created}}\t{{.Size}}${flags.history ? '\t{{.History}}' : ''}`
    print(
      renderRows(flags.format ? rows.map(reporter) : rows, {
        name: 'images',
        type: 'images.imageReporter',
        format: flags.format,
        normal,
        headings: { ID: 'IMAGE ID', ReadOnly: 'R/O' },
        noHeading: flags.noheading,
      }),
    )
  },
})

/**
 * A row for each name with a tag. As podman's: for an image without one, one row with the repository it was pulled from by digest,
 * or with no name at all.
 */
function imageRows(image: Image, long: boolean) {
  const given = image.Names ?? image.RepoTags ?? []
  const tags = given.filter((name) => !name.includes('@'))
  const names = tags.length > 0 ? tags : [given[0] ?? '<none>:<none>']
  const seconds = new Date(image.Created * 1000).toISOString().replace('.000', '')
  return names.map((name) => {
    const at = name.indexOf('@')
    const end = at < 0 ? name.lastIndexOf(':') : at
    return {
      source: image,
      Repository: name.slice(0, end),
      Tag: at < 0 ? name.slice(end + 1) : '<none>',
      ID: long ? `sha256:${image.Id}` : shortId(image.Id),
      Id: image.Id,
      Digest: image.Digest ?? '',
      Created: ago(image.Created * 1000),
      CreatedSince: ago(image.Created * 1000),
      // Costs what the usual columns do not need.
      get CreatedAt() {
        return goTime(seconds)
      },
      get CreatedTime() {
        return goTime(seconds)
      },
      Size: formatSize(image.Size, 3, ' '),
      History: (image.History?.length ? image.History : ['<none>']).join(', '),
      IsDangling: image.Dangling ?? false,
      IsReadOnly: image.ReadOnly ?? false,
    }
  })
}

type Row = ReturnType<typeof imageRows>[number]

const keys: Record<string, (row: Row) => string | number> = {
  created: ({ source }) => -source.Created,
  id: ({ source }) => source.Id,
  // By tag within a repository.
  repository: ({ Repository, Tag }) => `${Repository}\0${Tag}`,
  size: ({ source }) => source.Size,
  tag: ({ Tag }) => Tag,
}

function sorted(rows: readonly Row[], by: string): Row[] {
  const key = keys[by] ?? (() => 0)
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

/** A row as podman's templates see it: all of the image's fields as well, and the names that podman's JSON has. */
function reporter({ source, ...own }: Row): object {
  const { Repository, Tag } = own
  const json = { repository: Repository, tag: Tag, ...inOrder(source) }
  return listRow('images.imageReporter', 'types.ImageSummary', source, own, { json, before: [Repository, Tag] })
}

/** In podman's order, and without what it leaves out: the platform, and whatever is empty. */
function inOrder({ Arch: _arch, Os: _os, IsManifestList, Dangling, Digest, History, Names, ...image }: Image): Partial<Image> {
  return {
    ...image,
    ...(Dangling ? { Dangling } : {}),
    ...(Digest ? { Digest } : {}),
    ...(History?.length ? { History } : {}),
    ...(IsManifestList ? { IsManifestList } : {}),
    ...(Names?.length ? { Names } : {}),
  }
}

function jsonRow(image: Image): object {
  const { Created = 0, ...others } = inOrder(image)
  return {
    ...others,
    RepoTags: null,
    Created,
    CreatedAt: new Date(Created * 1000).toISOString().replace('.000', ''),
  }
}
