import { command } from '../../command.ts'
import { parseFilters } from '../../flags/targets.ts'
import { goJson } from '../../output/go-json.ts'
import { print } from '../../output/print.ts'
import { inspected } from '../../output/inspected.ts'
import { renderRows } from '../../output/report.ts'
import { bool, text, texts } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

export const volumeLs = command({
  summary: 'List volumes',
  description: 'List all available volumes. The output of the volumes can be filtered and the output format can be changed.',
  flags: {
    filter: texts('f', 'Filter volume output', { value: 'strings' }),
    format: text('', 'Format volume output using Go template'),
    noheading: bool('n', 'Do not print headers'),
    quiet: bool('q', 'Print volume output in quiet mode'),
  },
  args: { max: 0 },
  async run({ flags, engine, given }) {
    if (flags.quiet && given.has('format')) throw new UsageError('quiet and format flags cannot be used together')
    const volumes = await (await engine())['volume.list']({ filters: parseFilters(flags.filter) })
    if (flags.format === 'json') print(`${goJson(volumes, 2)}\n`)
    else if (flags.quiet) print(volumes.map(({ Name }) => `${Name}\n`).join(''))
    // As podman: no headings above nothing.
    else if (volumes.length > 0 || flags.format !== undefined)
      print(
        renderRows(flags.format ? volumes.map(inspected) : volumes, {
          name: 'ls',
          type: '*types.VolumeListReport',
          format: flags.format,
          normal: '{{.Driver}}\t{{.Name}}',
          headings: { Name: 'VOLUME NAME' },
          noHeading: flags.noheading,
        }),
      )
  },
})
