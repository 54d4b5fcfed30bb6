import { command } from '../../command.ts'
import { forEachPod, idFile, ignoreDone, podChoice, podUsage } from '../../flags/pod-targets.ts'
import { choosePods, type Target } from '../../flags/targets.ts'
import { bool, number } from '../../parse/flags.ts'

export const podStop = command({
  summary: 'Stop one or more pods',
  usage: podUsage,
  flags: {
    ...podChoice('Stop'),
    ignore: bool('i', 'Ignore errors when a specified pod is missing'),
    'pod-id-file': idFile,
    time: number('t', 'Seconds to wait for pod stop before killing the container', { aliases: ['timeout'] }),
  },
  async run({ args, flags, engine }) {
    const api = await engine()
    const targets = await choosePods(api, args, { ...flags, files: flags['pod-id-file'] })
    const stop = (target: Target) => ignoreDone(api, target, api['pod.stop']({ name: target.ref, t: flags.time }))
    return forEachPod(targets, 'stopped', stop, true)
  },
})
