import { command } from '../../command.ts'
import { forEachPod, podChoice, podUsage } from '../../flags/pod-targets.ts'
import { choosePods } from '../../flags/targets.ts'

export const podUnpause = command({
  summary: 'Unpause one or more pods',
  usage: podUsage,
  flags: podChoice('Unpause'),
  async run({ args, flags, engine }) {
    const api = await engine()
    const targets = await choosePods(api, args, flags)
    const paused = await Promise.all(
      targets.map(async ({ ref }) => {
        const { Containers = [] } = await api['pod.inspect']({ name: ref })
        return Containers.some(({ State }) => State === 'paused')
      }),
    )
    // As podman: nothing is said of a pod in which nothing is paused.
    return forEachPod(
      targets.filter((_, at) => paused[at]),
      'unpaused',
      ({ ref }) => api['pod.unpause']({ name: ref }),
    )
  },
})
