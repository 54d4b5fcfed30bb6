import { command } from '../../command.ts'
import { forEachPod, idFile, ignoreDone, podChoice, podUsage } from '../../flags/pod-targets.ts'
import { choosePods } from '../../flags/targets.ts'

export const podStart = command({
  summary: 'Start one or more pods',
  usage: podUsage,
  flags: { ...podChoice('Start'), 'pod-id-file': idFile },
  async run({ args, flags, engine }) {
    const api = await engine()
    const targets = await choosePods(api, args, { ...flags, files: flags['pod-id-file'] })
    return forEachPod(targets, 'started', (target) => ignoreDone(api, target, api['pod.start']({ name: target.ref })), true)
  },
})
