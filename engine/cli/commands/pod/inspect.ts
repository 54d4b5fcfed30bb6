import { command } from '../../command.ts'
import { format } from '../../flags/inspect-flags.ts'
import { showAll } from '../../output/inspect.ts'

export const podInspect = command({
  summary: 'Display a pod configuration',
  usage: 'POD [POD...]',
  flags: { format },
  run: ({ args, flags, engine }) => showAll(args, flags.format, (api, name) => api['pod.inspect']({ name }), engine, false),
})
