import { useMemo } from 'react'

import { EngineError } from '../../engine/errors/index.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { _, C_, format } from '../i18n/gettext.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { linkTo, navigate } from '../hooks/route.ts'
import type { Action } from '../ui/actions-menu.tsx'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { copyText } from '../ui/copy-text.ts'
import { useToasts } from '../ui/toasts.tsx'
import { CheckpointDialog, KillDialog, RemoveContainerDialog, RenameDialog, RestoreDialog } from './dialogs/lazy.ts'
import { nameOf } from '../engine/container-summary.ts'
import { useMoreActions } from './more-actions.tsx'

/** The actions of a container in its state. `primary` has a button of its own. */
export interface ContainerActions {
  readonly primary: Action | undefined
  readonly groups: readonly (readonly Action[])[]
}

type Verb = 'start' | 'stop' | 'restart' | 'pause' | 'unpause'

/** Returns the actions of a container; those that need input open a dialog. */
export function useContainerActions(): (container: ContainerSummary) => ContainerActions {
  const { engine, data, can, pending } = useEngine()
  const { open } = useDialogs()
  const { success, failure } = useToasts()
  const more = useMoreActions()
  return useMemo(() => {
    const act = (container: ContainerSummary, verb: Verb, label: string, failed: string) => {
      const work = async () => {
        await engine[`container.${verb}`]({ name: container.Id }).catch(ignoreAlready)
        await data.containers.refresh()
      }
      pending
        .run(container.Id, label, work)
        .catch((error: unknown) => failure(format(failed, { name: nameOf(container) }), error))
    }
    const verbs = (c: ContainerSummary) => ({
      start: {
        key: 'start',
        title: C_('action', 'Start'),
        run: () => act(c, 'start', _('Starting'), _('Failed to start {name}')),
      },
      stop: { key: 'stop', title: C_('action', 'Stop'), run: () => act(c, 'stop', _('Stopping'), _('Failed to stop {name}')) },
      restart: {
        key: 'restart',
        title: C_('action', 'Restart'),
        run: () => act(c, 'restart', _('Restarting'), _('Failed to restart {name}')),
      },
      pause: {
        key: 'pause',
        title: C_('action', 'Pause'),
        run: () => act(c, 'pause', _('Pausing'), _('Failed to pause {name}')),
      },
      resume: {
        key: 'resume',
        title: C_('action', 'Resume'),
        run: () => act(c, 'unpause', _('Resuming'), _('Failed to resume {name}')),
      },
      kill: { key: 'kill', title: _('Send signal…'), run: () => open((close) => <KillDialog container={c} onClose={close} />) },
      rename: { key: 'rename', title: _('Rename…'), run: () => open((close) => <RenameDialog container={c} onClose={close} />) },
      checkpoint: {
        key: 'checkpoint',
        title: _('Checkpoint…'),
        reason: can.checkpointReason,
        run: () => open((close) => <CheckpointDialog container={c} onClose={close} />),
      },
      restore: {
        key: 'restore',
        title: _('Restore…'),
        reason: can.checkpointReason,
        run: () => open((close) => <RestoreDialog container={c} onClose={close} />),
      },
      remove: {
        key: 'remove',
        title: _('Remove…'),
        danger: true,
        run: () => open((close) => <RemoveContainerDialog container={c} onClose={close} />),
      },
      logs: { key: 'logs', title: _('Logs'), run: () => navigate(linkTo(['containers', c.Id], { tab: 'logs' })) },
      copyId: {
        key: 'copy-id',
        title: _('Copy ID'),
        run: () =>
          void copyText(c.Id).then(
            () => success(format(_('The ID of {name} was copied.'), { name: nameOf(c) })),
            (error: unknown) => failure(_('Failed to copy'), error),
          ),
      },
      terminal: { key: 'terminal', title: _('Terminal'), run: () => navigate(linkTo(['containers', c.Id], { tab: 'terminal' })) },
    })
    return (container) => {
      const all = verbs(container)
      const { change, files, look } = more(container)
      const rename = [...change, ...(can.has('rename') ? [all.rename] : [])]
      const copy = [all.copyId]
      switch (container.State) {
        case 'running':
        case 'stopping':
          return {
            primary: all.stop,
            groups: [
              [all.stop, all.restart, all.pause],
              [all.logs, all.terminal, ...look],
              rename,
              [...files, all.checkpoint],
              copy,
              [all.kill, all.remove],
            ],
          }
        case 'paused':
          return { primary: all.resume, groups: [[all.resume], [all.logs], rename, files, copy, [all.kill, all.remove]] }
        case 'removing':
          return { primary: undefined, groups: [[all.remove]] }
        default:
          if (container.RestartAt !== undefined)
            return { primary: all.stop, groups: [[all.stop, all.start], [all.logs], rename, files, copy, [all.remove]] }
          if (container.Checkpointed)
            return { primary: all.restore, groups: [[all.restore, all.start], [all.logs], rename, files, copy, [all.remove]] }
          return {
            primary: all.start,
            groups: [
              [all.start],
              [all.logs],
              rename,
              // Podman does not say whether there is a checkpoint.
              [...files, ...(container.State === 'exited' && can.program === 'podman' ? [all.restore] : [])],
              copy,
              [all.remove],
            ],
          }
      }
    }
  }, [engine, data, can, pending, open, more, success, failure])
}

/** Another client was faster: the container is in the wanted state. */
function ignoreAlready(error: unknown): void {
  if (!EngineError.is(error, 'ContainerAlreadyStarted', 'ContainerAlreadyStopped')) throw error
}
