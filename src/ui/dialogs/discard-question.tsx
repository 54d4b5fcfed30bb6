import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useId } from 'react'

import { _ } from '../../i18n/gettext.ts'

/** Asks, in the place of a dialog's buttons, whether what was entered may be lost. */
export function DiscardQuestion({ onDiscard, onKeep }: { onDiscard: () => void; onKeep: () => void }) {
  const id = useId()
  return (
    <div role="alertdialog" aria-labelledby={id} className="berth-discard">
      <p id={id}>{_('Discard what you entered?')}</p>
      <Button variant="danger" onClick={onDiscard}>
        {_('Discard')}
      </Button>
      <Button variant="link" autoFocus onClick={onKeep}>
        {_('Keep editing')}
      </Button>
    </div>
  )
}
