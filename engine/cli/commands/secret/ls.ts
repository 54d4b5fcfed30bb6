import type { Secret } from '../../../contract/index.ts'
import { ago } from '../../../spec/duration.ts'
import { command } from '../../command.ts'
import { parseFilters } from '../../flags/targets.ts'
import { goJson } from '../../output/go-json.ts'
import { print } from '../../output/print.ts'
import { renderRows } from '../../output/report.ts'
import { goStruct } from '../../output/template/go-struct.ts'
import { goString } from '../../output/template/values.ts'
import { bool, text, texts } from '../../parse/flags.ts'

export const secretLs = command({
  summary: 'List secrets',
  examples: ['berth secret ls', 'berth secret ls --format "{{.Name}}"'],
  flags: {
    filter: texts('f', 'Filter secret output', { value: 'strings' }),
    format: text('', 'Format volume output using Go template'),
    noheading: bool('n', 'Do not print headers'),
    quiet: bool('q', 'Print secret IDs only'),
  },
  args: { max: 0 },
  async run({ flags, engine }) {
    const secrets = await (await engine())['secret.list']({ filters: parseFilters(flags.filter) })
    const rows = secrets.map(toRow)
    if (flags.format === 'json') print(`${goJson(rows, 4)}\n`)
    else if (flags.quiet && !flags.format) print(rows.map(({ ID }) => `${ID}\n`).join(''))
    else
      print(
        renderRows(rows, {
          name: 'ls',
          type: '*types.SecretListReport',
          format: flags.format,
          normal: '{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.CreatedAt}}\t{{.UpdatedAt}}',
          headings: { CreatedAt: 'CREATED', UpdatedAt: 'UPDATED' },
          noHeading: flags.noheading,
        }),
      )
  },
})

function toRow({ ID, Spec, CreatedAt, UpdatedAt }: Secret) {
  const [created, updated] = [ago(Date.parse(CreatedAt)), ago(Date.parse(UpdatedAt))]
  const fields = { ID, Name: Spec.Name, Driver: Spec.Driver.Name, CreatedAt: created, UpdatedAt: updated }
  return goStruct('types.SecretListReport', fields, fields, goString) as typeof fields
}
