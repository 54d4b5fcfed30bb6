import { command } from '../../command.ts'
import { forEachPod, ignoreDone, podChoice, podUsage } from '../../flags/pod-targets.ts'
import { choosePods } from '../../flags/targets.ts'
import { textOr } from '../../parse/flags.ts'

export const podKill = command({
  summary: 'Send the specified signal or SIGKILL to containers in pod',
  usage: podUsage,
  flags: { ...podChoice('Signal'), signal: textOr('s', 'Signal to send to the containers in the pod', 'KILL') },
  async run({ args, flags, engine }) {
    const api = await engine()
    return forEachPod(await choosePods(api, args, flags), 'killed', (target) =>
      ignoreDone(api, target, api['pod.kill']({ name: target.ref, signal: flags.signal })),
    )
  },
})
