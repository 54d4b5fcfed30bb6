import { command } from '../../command.ts'

export const usageEnable = command({
  summary: 'Start a service of your own that records resource use',
  description:
    'Writes and starts the user unit berth-usage.service, which records what your containers use, also while you do not use Berth. It is not needed where the host records it (see berth usage status). Without lingering it ends with your last session.',
  args: { max: 0 },
  flags: {},
  async run({ engine }) {
    await (await engine())['usage.enable']({})
  },
})
