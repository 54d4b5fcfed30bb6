import { command } from '../../command.ts'
import { force, prune } from '../../terminal/confirm-prune.ts'

export const podPrune = command({
  summary: 'Remove all stopped pods and their containers',
  flags: { force },
  args: { max: 0 },
  run: ({ flags, engine }) => prune(flags, 'This will remove all stopped/exited pods..', (api) => api['pod.prune']({}), engine),
})
