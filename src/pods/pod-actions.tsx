import { useMemo } from 'react'

import { EngineError } from '../../engine/errors/index.ts'
import { useEngine } from '../lib/engine-context.tsx'
import { _, C_, format } from '../lib/gettext.ts'
import type { PodSummary } from '../lib/live-data.ts'
import type { Action } from '../ui/actions-menu.tsx'
import { useDialogs } from '../ui/dialogs.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { RemovePodDialog } from './dialogs/remove-pod-dialog.tsx'

type Verb = 'start' | 'stop' | 'restart' | 'pause' | 'unpause' | 'kill'

/** Gives the actions of any pod. */
export function usePodActions(): (pod: PodSummary) => readonly (readonly Action[])[] {
  const { engine, data, pending } = useEngine()
  const { open } = useDialogs()
  const { failure } = useToasts()
  return useMemo(() => {
    const action = (pod: PodSummary, verb: Verb, title: string, words: string, failed: string): Action => ({
      key: verb,
      title,
      run: () => {
        const work = async () => {
          const report = await engine[`pod.${verb}`]({ name: pod.Id }).catch(ignoreAlready)
          await Promise.all([data.pods.refresh(), data.containers.refresh()])
          const [first] = report?.Errs ?? []
          if (first) throw new Error(first)
        }
        pending.run(pod.Id, words, work).catch((error: unknown) => failure(format(failed, { name: pod.Name }), error))
      },
    })
    return (pod) => {
      const start = action(pod, 'start', C_('action', 'Start'), _('Starting'), _('{name} did not start'))
      const stop = action(pod, 'stop', C_('action', 'Stop'), _('Stopping'), _('{name} did not stop'))
      const restart = action(pod, 'restart', C_('action', 'Restart'), _('Restarting'), _('{name} did not restart'))
      const pause = action(pod, 'pause', C_('action', 'Pause'), _('Pausing'), _('{name} was not paused'))
      const resume = action(pod, 'unpause', C_('action', 'Resume'), _('Resuming'), _('{name} was not resumed'))
      const kill = { ...action(pod, 'kill', C_('action', 'Kill'), _('Killing'), _('{name} was not killed')), danger: true }
      const remove: Action = {
        key: 'remove',
        title: _('Remove…'),
        danger: true,
        run: () => open((close) => <RemovePodDialog pod={pod} onClose={close} />),
      }
      switch (pod.Status) {
        case 'Running':
          return [
            [stop, restart, pause],
            [kill, remove],
          ]
        case 'Degraded':
          return [
            [start, stop, restart],
            [kill, remove],
          ]
        case 'Paused':
          return [[resume], [kill, remove]]
        default:
          return [[start], [remove]]
      }
    }
  }, [engine, data, pending, open, failure])
}

/** Somebody else was quicker: it is as it was asked to be. */
function ignoreAlready(error: unknown): undefined {
  if (!EngineError.is(error, 'PodAlreadyStarted', 'PodAlreadyStopped')) throw error
}
