import { command } from '../../command.ts'
import { stdout } from '../../output/print.ts'
import { text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { writeArchive, writeOut } from '../../transfer/write-archive.ts'

export const volumeExport = command({
  summary: 'Export volumes',
  description: 'Exports the contents of a volume as a tar archive, to a file or to standard output.',
  usage: 'VOLUME',
  examples: ['berth volume export myvol', 'berth volume export --output=myvol.tar myvol'],
  flags: { output: text('o', 'Write to a specified file (default: stdout, which must be redirected)') },
  args: { min: 1, max: 1 },
  async run({ args, flags: { output }, engine }) {
    if (output === undefined && stdout().isTTY)
      throw new UsageError('cannot write to terminal, use command-line redirection or the --output flag')
    const source = await (await engine())['volume.export']({ name: args[0]! })
    await (output === undefined ? writeOut(source) : writeArchive(source, output))
    return 0
  },
})
