import { command } from '../../command.ts'
import { forEachPod, podChoice, podUsage } from '../../flags/pod-targets.ts'
import { choosePods, type Target } from '../../flags/targets.ts'

export const podUnpause = command({
  summary: 'Unpause one or more pods',
  usage: podUsage,
  flags: podChoice('Unpause'),
  async run({ args, flags, engine }) {
    const api = await engine()
    const targets = await choosePods(api, args, flags)
    const pods = await api['pod.list']({})
    const hasPaused = ({ ref }: Target): boolean => {
      const pod = pods.find(({ Name }) => Name === ref) ?? pods.find(({ Id }) => Id.startsWith(ref))
      // One that is missing is refused by name.
      return pod?.Containers.some(({ Status }) => Status === 'paused') ?? true
    }
    // As podman: nothing is said of a pod in which nothing is paused.
    return forEachPod(targets.filter(hasPaused), 'unpaused', ({ ref }) => api['pod.unpause']({ name: ref }))
  },
})
