import type { Volume } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { print, printError } from '../../output/print.ts'
import { inspected } from '../../output/inspected.ts'
import { renderEach } from '../../output/report.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

export const volumeInspect = command({
  summary: 'Display detailed information on one or more volumes',
  description: 'Use a Go template to change the format from JSON.',
  usage: 'VOLUME [VOLUME...]',
  examples: [
    'berth volume inspect myvol',
    'berth volume inspect --all',
    'berth volume inspect --format "{{.Driver}} {{.Scope}}" myvol',
  ],
  flags: {
    all: bool('a', 'Inspect all volumes'),
    format: text('f', 'Format volume output using Go template'),
  },
  async run({ args, flags, engine }) {
    if (flags.all === args.length > 0) throw new UsageError('provide one or more volume names or use --all')
    const api = await engine()
    const found: Volume[] = flags.all ? await api['volume.list']({}) : []
    const failures: string[] = []
    for (const name of args) {
      try {
        found.push(await api['volume.inspect']({ name }))
      } catch (error) {
        const { code, message, details } = EngineError.from(error)
        // As podman: nothing is shown when one name is not clear.
        if (code === 'NameAmbiguous')
          throw new EngineError(code, `inspecting volume ${name}: ${message}`, { details, cause: error })
        failures.push(
          `Error: ${code === 'VolumeNotFound' ? `no such volume ${name}` : `inspecting volume ${name}: ${message}`}\n`,
        )
      }
    }
    const { format } = flags
    if (format === undefined || format === 'json') print(`${goJson(found, 5)}\n`)
    else print(renderEach(found.map(inspected), 'inspect', 'interface {}', format))
    printError(failures.join(''))
    return failures.length > 0 ? 125 : 0
  },
})
