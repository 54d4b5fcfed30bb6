import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { renderValue } from '../../output/report.ts'
import { text } from '../../parse/flags.ts'
import { print } from '../../output/print.ts'

export const info = command({
  summary: 'Display system information',
  description: 'Displays information about the host, the store and the versions of what is used.',
  flags: { format: text('f', 'Change the output format to JSON or a Go template') },
  args: { max: 0 },
  async run({ flags, engine }) {
    const value = await (await engine())['system.info']({})
    if (flags.format === 'json') print(`${goJson(value, 2)}\n`)
    else if (flags.format) print(renderValue('info', 'define.Info', flags.format, withGoNames(value)))
    else {
      const { stringify } = await import('yaml')
      print(stringify(value, { lineWidth: 0, sortMapEntries: true }))
    }
  },
})

/** Templates name Go's fields (`.Host.Arch`); the JSON's names work as well. */
function withGoNames(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => [key, withGoNames(each)] as const)
  // Found by a template, but not shown with the others.
  const go = entries
    .map(([key, each]) => [key.charAt(0).toUpperCase() + key.slice(1), { value: each, enumerable: false }] as const)
    .filter(([key]) => !Object.hasOwn(value, key))
  return Object.defineProperties(Object.fromEntries(entries), Object.fromEntries(go))
}
