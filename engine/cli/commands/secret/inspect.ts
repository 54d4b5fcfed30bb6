import type { Secret } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { print, printError } from '../../output/print.ts'
import { renderEach } from '../../output/report.ts'
import { typed } from '../../output/template/typed.ts'
import { bool, text } from '../../parse/flags.ts'

export const secretInspect = command({
  summary: 'Inspect a secret',
  description: 'Display detail information on one or more secrets',
  usage: 'SECRET [SECRET...]',
  examples: ['berth secret inspect MYSECRET', 'berth secret inspect --showsecret MYSECRET'],
  flags: {
    format: text('f', 'Format inspect output using Go template'),
    pretty: bool('', 'Print inspect output in human readable format'),
    showsecret: bool('', 'Display the secret'),
  },
  args: { min: 1 },
  async run({ args, flags, engine }) {
    const api = await engine()
    const found: Secret[] = []
    const failures: string[] = []
    for (const name of args) {
      try {
        found.push(await api['secret.inspect']({ name, showsecret: flags.showsecret }))
      } catch (error) {
        failures.push(`Error: inspecting secret: ${EngineError.from(error).message}\n`)
      }
    }
    const { format } = flags
    if (flags.pretty) print(found.map(pretty).join(''))
    else if (format === undefined || format === 'json') print(`${goJson(found, 4)}\n`)
    else {
      const { secretTypes } = await import('../../output/template/types/volume.ts')
      const rows = found.map((secret) => typed(secretTypes, 'types.SecretInfoReport', secret) as object)
      print(renderEach(rows, 'inspect', '*types.SecretInfoReport', format))
    }
    printError(failures.join(''))
    return failures.length > 0 ? 125 : 0
  },
})

function pretty({ ID, CreatedAt, UpdatedAt, Spec }: Secret): string {
  const labels = Object.entries(Spec.Labels)
    .map(([name, value]) => ` - ${name}${value === '' ? '' : `=${value}`}\n`)
    .join('')
  const time = (text: string) => text.replace('T', ' ').replace(/Z$/, ' +0000 UTC')
  return [
    `ID:              ${ID}`,
    `Name:              ${Spec.Name}`,
    `${labels && `Labels:\n${labels}`}Driver:            ${Spec.Driver.Name}`,
    `Created at:        ${time(CreatedAt)}`,
    `Updated at:        ${time(UpdatedAt)}`,
    '',
  ].join('\n')
}
