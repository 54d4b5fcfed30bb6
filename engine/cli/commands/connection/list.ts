import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { print } from '../../output/print.ts'
import { renderRows } from '../../output/report.ts'
import { bool, text } from '../../parse/flags.ts'
import { allConnections } from '../../remote/destination.ts'

export const connectionList = command({
  summary: 'List destination for the remote service(s)',
  description: 'Lists the connections of podman-connections.json, which Podman has as well, and of containers.conf.',
  examples: ['berth system connection list', 'berth system connection ls --format=json'],
  flags: {
    format: text('f', 'Custom Go template for printing connections'),
    quiet: bool('q', 'Custom Go template for printing connections'),
  },
  args: { max: 0 },
  local: true,
  async run({ flags }) {
    const rows = (await allConnections())
      .map(({ Name, URI, Identity = '', IsMachine = false, Default, ReadWrite }) => ({
        Name,
        URI,
        Identity,
        IsMachine,
        Default,
        ReadWrite,
      }))
      .toSorted((a, b) => (a.Name < b.Name ? -1 : 1))
    if (flags.quiet && !flags.format) return print(rows.map(({ Name }) => `${Name}\n`).join(''))
    if (flags.format === 'json') return print(`${goJson(rows.map(withoutEmpty), 4)}\n`)
    const normal = '{{.Name}}\t{{.URI}}\t{{.Identity}}\t{{.Default}}\t{{.ReadWrite}}'
    const headings = { URI: 'URI', ReadWrite: 'ReadWrite', Name: 'Name', Identity: 'Identity', Default: 'Default' }
    print(renderRows(rows, { name: 'list', type: 'types.NamedConnection', format: flags.format, normal, headings }))
  },
})

/** As podman's JSON: without what a connection does not have. */
function withoutEmpty(row: {
  Name: string
  URI: string
  Identity: string
  IsMachine: boolean
  Default: boolean
  ReadWrite: boolean
}) {
  const { Name, URI, Identity, IsMachine, ...others } = row
  return { Name, URI, ...(Identity ? { Identity } : {}), ...(IsMachine ? { IsMachine } : {}), ...others }
}
