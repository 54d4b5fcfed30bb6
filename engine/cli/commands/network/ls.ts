import { command } from '../../command.ts'
import { parseFilters } from '../../flags/targets.ts'
import { goJson } from '../../output/go-json.ts'
import { networkRow } from '../../output/network-row.ts'
import { print } from '../../output/print.ts'
import { renderRows } from '../../output/report.ts'
import { bool, text, texts } from '../../parse/flags.ts'

export const networkLs = command({
  summary: 'List networks',
  examples: ['berth network ls', 'berth network ls --filter driver=bridge --format "{{.Name}} {{.Subnets}}"'],
  flags: {
    filter: texts('f', "Provide filter values (e.g. 'name=podman')"),
    format: text('', 'Pretty-print networks to JSON or using a Go template'),
    'no-trunc': bool('', 'Do not truncate the network ID'),
    noheading: bool('n', 'Do not print headers'),
    quiet: bool('q', 'Display only names'),
  },
  args: { max: 0 },
  async run({ flags, engine }) {
    const networks = await (await engine())['network.list']({ filters: parseFilters(flags.filter) })
    if (flags.format === 'json') return print(`${goJson(networks, 2)}\n`)
    if (flags.quiet && !flags.format) return print(networks.map(({ name }) => `${name}\n`).join(''))
    print(
      renderRows(
        networks.map((network) => networkRow(network, flags['no-trunc'])),
        {
          name: 'ls',
          type: 'network.ListPrintReports',
          format: flags.format,
          normal: '{{.ID}}\t{{.Name}}\t{{.Driver}}',
          headings: { ID: 'NETWORK ID', Id: 'NETWORK ID' },
          noHeading: flags.noheading,
        },
      ),
    )
  },
})
