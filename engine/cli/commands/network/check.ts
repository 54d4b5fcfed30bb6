import { command } from '../../command.ts'
import { ExitError } from '../../exit-code.ts'
import { print } from '../../output/print.ts'
import { bool } from '../../parse/flags.ts'

export const networkCheck = command({
  summary: 'Check for what crashes left of networks',
  description: 'Lists addresses, namespaces, bridges and forwarders of containers that do not run; --repair removes them.',
  examples: ['berth network check', 'berth network check --repair'],
  flags: { repair: bool('r', 'Remove what is found') },
  args: { max: 0 },
  async run({ flags: { repair }, engine }) {
    const { Problems } = await (await engine())['network.check']({ repair })
    print(Problems.map(({ Text, Repaired }) => `${Repaired ? 'Repaired: ' : ''}${Text}\n`).join(''))
    if (Problems.some(({ Repaired }) => !Repaired)) throw new ExitError(125, 'leftovers of networks were found')
  },
})
