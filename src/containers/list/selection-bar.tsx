import { Button } from '@patternfly/react-core/dist/esm/components/Button'

import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { _, ngettext } from '../../i18n/gettext.ts'
import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import { BulkDialog } from '../dialogs/lazy.ts'
import { bulkActions, type BulkVerb } from './bulk.ts'

const verbs: readonly BulkVerb[] = ['start', 'stop', 'restart', 'remove']

/** What can be done with the selected containers; nothing while none is. */
export function SelectionBar({ containers, onClear }: { containers: readonly ContainerSummary[]; onClear: () => void }) {
  const { open } = useDialogs()
  if (containers.length === 0) return null
  return (
    <div className="berth-selection" role="region" aria-label={_('Selected containers')}>
      <span className="berth-number">{ngettext('{n} selected', '{n} selected', containers.length)}</span>
      {verbs.map((verb) => (
        <Button
          key={verb}
          size="sm"
          variant={bulkActions[verb].danger ? 'danger' : 'secondary'}
          isDisabled={containers.every((container) => bulkActions[verb].skip(container) !== undefined)}
          onClick={() => open((close) => <BulkDialog verb={verb} containers={containers} onClose={close} />)}
        >
          {bulkActions[verb].offer()}
        </Button>
      ))}
      <Button size="sm" variant="link" onClick={onClear}>
        {_('Clear selection')}
      </Button>
    </div>
  )
}
