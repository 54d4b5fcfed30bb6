import { command } from '../../command.ts'
import { format, latest } from '../../flags/inspect-flags.ts'
import { newestPods } from '../../flags/targets.ts'
import { showAll } from '../../output/inspect.ts'

export const podInspect = command({
  summary: 'Display a pod configuration',
  usage: 'POD [POD...]',
  flags: { format, latest },
  run: ({ args, flags, engine }) =>
    showAll(args, flags.format, (api, name) => api['pod.inspect']({ name }), engine, flags.latest, newestPods),
})
