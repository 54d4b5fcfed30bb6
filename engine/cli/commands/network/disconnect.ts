import { command } from '../../command.ts'
import { bool } from '../../parse/flags.ts'

export const networkDisconnect = command({
  summary: 'Disconnect a container from a network',
  usage: 'NETWORK CONTAINER',
  examples: ['berth network disconnect shop web'],
  flags: { force: bool('f', 'Force removal of container from network') },
  args: { min: 2, max: 2 },
  async run({ args: [name = '', container = ''], flags: { force }, engine }) {
    await (await engine())['network.disconnect']({ name, body: { container, force } })
  },
})
