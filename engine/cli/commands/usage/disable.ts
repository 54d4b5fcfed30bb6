import { command } from '../../command.ts'

export const usageDisable = command({
  summary: 'End and remove that service',
  description: 'What was recorded stays.',
  args: { max: 0 },
  flags: {},
  async run({ engine }) {
    await (await engine())['usage.disable']({})
  },
})
