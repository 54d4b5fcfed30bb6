import { useMemo } from 'react'

import { EngineError } from '../../engine/errors/index.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { _, C_, format } from '../i18n/gettext.ts'
import type { PodSummary } from '../engine/live/live-data.ts'
import type { Action } from '../ui/actions-menu.tsx'
import { linkTo, navigate } from '../hooks/route.ts'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { ClonePodDialog, RemovePodDialog } from './dialogs/lazy.ts'

type Verb = 'start' | 'stop' | 'restart' | 'pause' | 'unpause' | 'kill'

/** Returns the actions of a pod. */
export function usePodActions(): (pod: PodSummary) => readonly (readonly Action[])[] {
  const { engine, data, pending, can } = useEngine()
  const { open } = useDialogs()
  const { failure } = useToasts()
  return useMemo(() => {
    const action = (pod: PodSummary, verb: Verb, title: string, label: string, failed: string): Action => ({
      key: verb,
      title,
      run: () => {
        const work = async () => {
          const report = await engine[`pod.${verb}`]({ name: pod.Id }).catch(ignoreAlready)
          await Promise.all([data.pods.refresh(), data.containers.refresh()])
          const [first] = report?.Errs ?? []
          if (first) throw new Error(first)
        }
        pending.run(pod.Id, label, work).catch((error: unknown) => failure(format(failed, { name: pod.Name }), error))
      },
    })
    return (pod) => {
      const start = action(pod, 'start', C_('action', 'Start'), _('Starting'), _('Failed to start {name}'))
      const stop = action(pod, 'stop', C_('action', 'Stop'), _('Stopping'), _('Failed to stop {name}'))
      const restart = action(pod, 'restart', C_('action', 'Restart'), _('Restarting'), _('Failed to restart {name}'))
      const pause = action(pod, 'pause', C_('action', 'Pause'), _('Pausing'), _('Failed to pause {name}'))
      const resume = action(pod, 'unpause', C_('action', 'Resume'), _('Resuming'), _('Failed to resume {name}'))
      const kill = { ...action(pod, 'kill', C_('action', 'Kill'), _('Killing'), _('Failed to kill {name}')), danger: true }
      const remove: Action = {
        key: 'remove',
        title: _('Remove…'),
        danger: true,
        run: () => open((close) => <RemovePodDialog pod={pod} onClose={close} />),
      }
      const look: Action[] = [
        { key: 'details', title: _('Details'), run: () => navigate(linkTo(['containers', 'pods', pod.Id])) },
        { key: 'logs', title: _('Logs'), run: () => navigate(linkTo(['containers', 'pods', pod.Id], { tab: 'logs' })) },
        ...(can.does('pod.clone')
          ? [{ key: 'clone', title: _('Clone…'), run: () => open((close) => <ClonePodDialog pod={pod} onClose={close} />) }]
          : []),
      ]
      switch (pod.Status) {
        case 'Running':
          return [[stop, restart, pause], look, [kill, remove]]
        case 'Degraded':
          return [[start, stop, restart], look, [kill, remove]]
        case 'Paused':
          return [[resume], look, [kill, remove]]
        default:
          return [[start], look, [remove]]
      }
    }
  }, [engine, data, pending, can, open, failure])
}

/** Another client was faster: the pod is in the wanted state. */
function ignoreAlready(error: unknown): undefined {
  if (!EngineError.is(error, 'PodAlreadyStarted', 'PodAlreadyStopped')) throw error
}
