import { command } from '../../command.ts'
import { text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { writeArchive, writeOut } from '../../transfer/write-archive.ts'
import { stdout } from '../../output/print.ts'

export const exportCommand = command({
  summary: "Export container's filesystem contents as a tar archive",
  description: "Exports container's filesystem contents as a tar archive and saves it on the local machine.",
  usage: 'CONTAINER',
  examples: ['berth export ctrID > myCtr.tar', 'berth export --output="myCtr.tar" ctrID'],
  flags: { output: text('o', 'Write to a specified file (default: stdout, which must be redirected)') },
  args: { min: 1, max: 1 },
  async run({ args, flags, engine }) {
    const { output } = flags
    if (output === undefined && stdout().isTTY) throw new UsageError('refusing to export to terminal. Use -o flag or redirect')
    if (output?.includes(':')) throw new UsageError(`invalid filename (should not contain ':') ${JSON.stringify(output)}`)
    const api = await engine()
    const source = await api['container.export']({ name: args[0]! })
    await (output === undefined ? writeOut(source) : writeArchive(source, output))
    return 0
  },
})
