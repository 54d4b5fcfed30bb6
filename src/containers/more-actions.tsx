import { useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { _ } from '../i18n/gettext.ts'
import type { Action } from '../ui/actions-menu.tsx'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import {
  CommitDialog,
  CopyDialog,
  DuplicateContainerDialog,
  EditContainerDialog,
  ExportDialog,
  LimitsDialog,
} from './dialogs/lazy.ts'
import { useHealthCheck } from './use-health-check.ts'

/** Actions beyond the life of a container: what it is made of, and its files. */
export interface MoreActions {
  readonly change: readonly Action[]
  readonly files: readonly Action[]
  /** Beside its logs and its terminal. */
  readonly look: readonly Action[]
}

/** Returns them for a container, as far as the engine has them. */
export function useMoreActions(): (container: ContainerSummary) => MoreActions {
  const { can } = useEngine()
  const { open } = useDialogs()
  const check = useHealthCheck()
  return useMemo(
    () => (container) => {
      // A pod's own container is the pod's business.
      if (container.IsInfra) return { change: [], files: [], look: [] }
      const { Id } = container
      const edit: Action = {
        key: 'edit',
        title: _('Edit…'),
        run: () => open((close) => <EditContainerDialog container={Id} onClose={close} />),
      }
      const update: Action = {
        key: 'update',
        title: _('Update limits…'),
        run: () => open((close) => <LimitsDialog container={container} onClose={close} />),
      }
      const duplicate: Action = {
        key: 'duplicate',
        title: _('Duplicate…'),
        run: () => open((close) => <DuplicateContainerDialog container={Id} onClose={close} />),
      }
      const commit: Action = {
        key: 'commit',
        title: _('Commit…'),
        run: () => open((close) => <CommitDialog container={container} onClose={close} />),
      }
      const exportFiles: Action = {
        key: 'export',
        title: _('Export…'),
        run: () => open((close) => <ExportDialog container={container} onClose={close} />),
      }
      const health: Action = { key: 'health', title: _('Run health check'), run: () => void check(container) }
      // Only what is checked has such a state.
      const isChecked = can.does('container.healthcheck') && container.State === 'running' && container.Status !== ''
      const copy: Action = {
        key: 'copy-files',
        title: _('Copy files…'),
        run: () => open((close) => <CopyDialog container={container} onClose={close} />),
      }
      return {
        change: [...(can.does('container.edit') ? [edit] : []), update, duplicate],
        files: [copy, commit, exportFiles],
        look: isChecked ? [health] : [],
      }
    },
    [can, open, check],
  )
}
