import { command } from '../../command.ts'
import { format, latest } from '../../flags/inspect-flags.ts'
import { newestPods } from '../../flags/targets.ts'
import { type Look, showAll } from '../../output/inspect.ts'
import { missingAs } from '../../output/missing.ts'

/** With podman's message, which is shorter here than that of other commands. */
const look: Look = (api, name) => api['pod.inspect']({ name }).catch(missingAs('PodNotFound', () => `no such pod ${name}`))

export const podInspect = command({
  summary: 'Display a pod configuration',
  usage: 'POD [POD...]',
  flags: { format, latest },
  run: ({ args, flags, engine }) => showAll(args, flags.format, look, engine, flags.latest, newestPods),
})
