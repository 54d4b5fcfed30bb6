import { identity } from '../../../lib/process/identity.ts'
import { command } from '../../command.ts'
import { changeConnections, connectionsFile, notDefined } from '../../remote/connections.ts'
import { allConnections } from '../../remote/destination.ts'

export const connectionDefault = command({
  summary: 'Set named destination as default',
  description: 'Set named destination as default for the Berth service: the one that --remote means',
  usage: 'NAME',
  examples: ['berth system connection default testing'],
  flags: {},
  args: { min: 1, max: 1 },
  local: true,
  async run({ args: [name = ''] }) {
    if (!(await allConnections()).some(({ Name }) => Name === name)) throw notDefined(name)
    await changeConnections(connectionsFile(identity()), ({ Connection }) => void (Connection.Default = name))
  },
})
