import { identity } from '../../../lib/process/identity.ts'
import { command } from '../../command.ts'
import { changeConnections, connectionsFile, notDefined } from '../../remote/connections.ts'

export const connectionRename = command({
  summary: 'Rename "old" to "new"',
  description: 'Rename destination for the Berth service from "old" to "new"',
  usage: 'OLD NEW',
  examples: ['berth system connection rename laptop devl'],
  flags: {},
  args: { min: 2, max: 2 },
  local: true,
  async run({ args: [from = '', to = ''] }) {
    await changeConnections(connectionsFile(identity()), ({ Connection: list }) => {
      const all = list.Connections ?? {}
      const found = Object.hasOwn(all, from) ? all[from] : undefined
      if (!found) throw notDefined(from)
      delete all[from]
      all[to] = found
      if (list.Default === from) list.Default = to
    })
  },
})
