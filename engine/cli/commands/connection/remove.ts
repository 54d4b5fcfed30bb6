import { identity } from '../../../lib/process/identity.ts'
import { command } from '../../command.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { changeConnections, connectionsFile } from '../../remote/connections.ts'

export const connectionRemove = command({
  summary: 'Delete named destination',
  usage: 'NAME',
  examples: ['berth system connection remove devl', 'berth system connection rm --all'],
  flags: { all: bool('a', 'Remove all connections') },
  args: { max: 1 },
  local: true,
  async run({ args: [name], flags }) {
    if (!flags.all && name === undefined) throw new UsageError('accepts 1 arg(s), received 0')
    await changeConnections(connectionsFile(identity()), ({ Connection: list }) => {
      if (flags.all) {
        list.Connections = {}
        list.Default = ''
        return
      }
      // As podman: one that is not there is as good as removed.
      if (name === undefined) return
      delete list.Connections?.[name]
      if (list.Default === name) list.Default = ''
    })
  },
})
