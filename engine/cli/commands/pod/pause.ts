import { command } from '../../command.ts'
import { forEachPod, ignoreDone, podChoice, podUsage } from '../../flags/pod-targets.ts'
import { choosePods } from '../../flags/targets.ts'

export const podPause = command({
  summary: 'Pause one or more pods',
  usage: podUsage,
  flags: podChoice('Pause'),
  async run({ args, flags, engine }) {
    const api = await engine()
    return forEachPod(await choosePods(api, args, flags), 'paused', (target) =>
      ignoreDone(api, target, api['pod.pause']({ name: target.ref })),
    )
  },
})
