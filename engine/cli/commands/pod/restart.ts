import { command } from '../../command.ts'
import { forEachPod, podChoice, podUsage } from '../../flags/pod-targets.ts'
import { choosePods } from '../../flags/targets.ts'

export const podRestart = command({
  summary: 'Restart one or more pods',
  usage: podUsage,
  flags: podChoice('Restart'),
  async run({ args, flags, engine }) {
    const api = await engine()
    return forEachPod(await choosePods(api, args, flags), 'restarted', ({ ref }) => api['pod.restart']({ name: ref }))
  },
})
