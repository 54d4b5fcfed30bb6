import type { Network } from '../../../contract/networks.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { format } from '../../flags/inspect-flags.ts'
import { goJson } from '../../output/go-json.ts'
import { print, printError } from '../../output/print.ts'
import { inspected } from '../../output/inspected.ts'
import { renderEach } from '../../output/report.ts'

export const networkInspect = command({
  summary: 'Inspect network',
  description: 'Displays the network configuration for one or more networks, with the containers that run in them.',
  usage: 'NETWORK [NETWORK...]',
  examples: ['berth network inspect podman', 'berth network inspect --format "{{range .Subnets}}{{.Subnet}}{{end}}" shop'],
  flags: { format },
  args: { min: 1 },
  async run({ args, flags, engine }) {
    const api = await engine()
    const found: Network[] = []
    const failures: string[] = []
    for (const name of args) {
      try {
        found.push(await api['network.inspect']({ name }))
      } catch (error) {
        failures.push(`Error: network ${name}: ${EngineError.from(error).message}\n`)
      }
    }
    const template = flags.format === 'json' ? undefined : flags.format
    if (template === undefined) print(`${goJson(found, 5)}\n`)
    else print(renderEach(found.map(inspected), 'inspect', 'interface {}', template))
    printError(failures.join(''))
    return failures.length > 0 ? 125 : 0
  },
})
