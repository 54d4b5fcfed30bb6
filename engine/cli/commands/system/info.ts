import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { renderValue } from '../../output/report.ts'
import { typed } from '../../output/template/typed.ts'
import { text } from '../../parse/flags.ts'
import { print } from '../../output/print.ts'

export const info = command({
  summary: 'Display system information',
  description: 'Displays information about the host, the store and the versions of what is used.',
  flags: { format: text('f', 'Change the output format to JSON or a Go template') },
  args: { max: 0 },
  async run({ flags, engine, remote }) {
    const found = await (await engine())['system.info']({})
    // Only who asks knows.
    const value = remote ? { ...found, host: { ...found.host, serviceIsRemote: true } } : found
    if (flags.format === 'json') print(`${goJson(value, 2)}\n`)
    else if (flags.format) {
      const { systemTypes } = await import('../../output/template/types/system.ts')
      print(renderValue('info', 'system.infoReport', flags.format, typed(systemTypes, 'system.infoReport', value)))
    } else {
      const { stringify } = await import('yaml')
      print(stringify(value, { lineWidth: 0, sortMapEntries: true, indentSeq: false, singleQuote: true }))
    }
  },
})
