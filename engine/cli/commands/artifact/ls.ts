import type { Output } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { formatSize } from '../../../spec/size.ts'
import { renderRows } from '../../output/report.ts'
import { bool, text } from '../../parse/flags.ts'
import { print } from '../../output/print.ts'

export const artifactLs = command({
  summary: 'List OCI artifacts',
  description: 'List OCI artifacts in local store',
  examples: ['berth artifact ls'],
  flags: {
    format: text('', 'Format volume output using JSON or a Go template'),
    'no-trunc': bool('', 'Do not truncate output'),
    noheading: bool('n', 'Do not print column headings'),
  },
  args: { max: 0 },
  async run({ flags, engine }) {
    const rows = (await (await engine())['artifact.list']({})).map((artifact) => toRow(artifact, flags['no-trunc']))
    print(
      flags.format === 'json'
        ? `${goJson(rows, 4)}\n`
        : renderRows(rows, {
            name: 'ls',
            type: 'artifact.artifactListOutput',
            format: flags.format,
            normal: '{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.Size}}',
            noHeading: flags.noheading,
          }),
    )
  },
})

function toRow({ Name, Digest, Manifest }: Output<'artifact.list'>[number], long: boolean) {
  const [name = '', pinned] = Name.split('@')
  const tag = pinned === undefined ? /:([^:/]+)$/.exec(name) : null
  const hex = Digest.slice(Digest.indexOf(':') + 1)
  const size = Manifest.layers.reduce((sum, layer) => sum + Number(layer['size'] ?? 0), 0)
  return {
    Digest: long ? hex : hex.slice(0, 12),
    Repository: tag ? name.slice(0, tag.index) : name,
    Size: formatSize(size),
    Tag: tag?.[1] ?? '',
  }
}
