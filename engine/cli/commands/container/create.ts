import { command } from '../../command.ts'
import { requireAuthfile } from '../../flags/registry-flags.ts'
import { createContainer } from '../../spec/create-container.ts'
import { createNotYet, createOnlyFlags } from '../../spec/flags.ts'
import { print } from '../../output/print.ts'

export const create = command({
  summary: 'Create but do not start a container',
  description: 'Creates a container from an image. The container ID is then printed; berth start starts it.',
  usage: 'IMAGE [COMMAND [ARG...]]',
  examples: ['berth create alpine ls', 'berth create -t -i --name box alpine ls'],
  notYet: createNotYet,
  stopAtFirst: true,
  flags: createOnlyFlags,
  args: { min: 1 },
  async run({ args, flags, engine, commandLine, remote }) {
    await requireAuthfile(flags.authfile, remote)
    print(`${await createContainer(await engine(), args, flags, commandLine)}\n`)
  },
})
