import { Alert, AlertActionCloseButton } from '@patternfly/react-core/dist/esm/components/Alert'
import { ExpandableSection } from '@patternfly/react-core/dist/esm/components/ExpandableSection'
import { useState } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { _, ngettext } from '../i18n/gettext.ts'

const key = 'berth.limitations'

/** The limitations of this host as one line, until it is dismissed; others are shown again. */
export function Limitations() {
  const notes = useEngine().info.berth?.notes ?? []
  const text = notes.join('\n')
  const [dismissed, setDismissed] = useState(readDismissed)
  if (notes.length === 0 || dismissed === text) return null
  const dismiss = () => {
    setDismissed(text)
    try {
      window.localStorage.setItem(key, text)
    } catch {
      // Without storage it comes back with the next page.
    }
  }
  return (
    <Alert
      isInline
      component="h2"
      variant="info"
      variantLabel={_('Info:')}
      title={ngettext('{n} limitation on this host', '{n} limitations on this host', notes.length)}
      actionClose={<AlertActionCloseButton aria-label={_('Dismiss')} onClose={dismiss} />}
      className="berth-limitations"
    >
      <ExpandableSection toggleText={_('Limitations')}>
        <ul className="berth-list">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </ExpandableSection>
    </Alert>
  )
}

function readDismissed(): string | null {
  try {
    return window.localStorage.getItem(key)
  } catch {
    return null
  }
}
