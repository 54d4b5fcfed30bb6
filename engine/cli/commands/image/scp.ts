import { command } from '../../command.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { bool } from '../../parse/flags.ts'
import { print } from '../../output/print.ts'

export const imageScp = command({
  summary: 'Securely copy images',
  description:
    'Copies an image from one host to another by ssh, or, as root, between users of this host. HOST::IMAGE is an image there, HOST:: a host to copy to, USER@localhost a user here.',
  usage: 'IMAGE [HOST::]',
  examples: [
    'berth image scp myimage:latest otherhost::',
    'berth image scp otherhost::myimage',
    'berth image scp myimage alice@localhost::',
  ],
  flags: { quiet: bool('q', 'Suppress the output') },
  args: { min: 1, max: 2 },
  local: true,
  async run({ args: [name = '', destination], flags, engine }) {
    const api = await engine()
    const { Id } = await api['image.scp'](
      { name, ...(destination === undefined ? {} : { destination }), quiet: flags.quiet },
      { signal: signalWhenInterrupted() },
    )
    if (!flags.quiet) print(`Loaded image: ${Id}\n`)
  },
})
