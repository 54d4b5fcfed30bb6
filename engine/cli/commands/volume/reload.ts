import { command } from '../../command.ts'
import { print } from '../../output/print.ts'

export const volumeReload = command({
  summary: 'Bring the records of volumes in line with their files',
  description:
    'Records volumes whose files somebody has put into the store, and forgets those whose files are gone and that nothing mounts.',
  flags: {},
  args: { max: 0 },
  async run({ engine }) {
    const { Added, Removed } = await (await engine())['volume.reload']({})
    if (Added.length > 0) print(`Added:\n${Added.join('\n')}\n`)
    if (Removed.length > 0) print(`Removed:\n${Removed.join('\n')}\n`)
  },
})
