import { command } from '../../command.ts'
import { print } from '../../output/print.ts'
import { words } from '../../parse/flags.ts'

export const networkUpdate = command({
  summary: 'Update an existing network',
  description: "Changes the servers that a network's name server asks for what it does not know.",
  usage: 'NETWORK',
  examples: ['berth network update shop --dns-add 9.9.9.9 --dns-drop 1.1.1.1'],
  flags: {
    'dns-add': words('', 'Add network level nameservers'),
    'dns-drop': words('', 'Remove network level nameservers'),
  },
  args: { min: 1, max: 1 },
  async run({ args: [name = ''], flags, engine }) {
    const split = (values: readonly string[]) => values.flatMap((value) => value.split(','))
    const body = { adddnsservers: split(flags['dns-add']), removednsservers: split(flags['dns-drop']) }
    await (await engine())['network.update']({ name, body })
    print(`${name}\n`)
  },
})
