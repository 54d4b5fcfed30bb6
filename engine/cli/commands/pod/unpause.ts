import { command } from '../../command.ts'
import { forEachPod, podChoice, podUsage } from '../../flags/pod-targets.ts'
import { choosePods } from '../../flags/targets.ts'

export const podUnpause = command({
  summary: 'Unpause one or more pods',
  usage: podUsage,
  flags: podChoice('Unpause'),
  async run({ args, flags, engine }) {
    const api = await engine()
    return forEachPod(await choosePods(api, args, flags), 'unpaused', ({ ref }) => api['pod.unpause']({ name: ref }))
  },
})
