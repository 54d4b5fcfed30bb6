import { Alert, AlertActionCloseButton } from '@patternfly/react-core/dist/esm/components/Alert'
import { useState } from 'react'

import type { Info } from '../../engine/contract/index.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { _, format, ngettext } from '../i18n/gettext.ts'

const key = 'berth.limitations'

/** The limitations of this host as one line, until it is dismissed; others are shown again. */
export function Limitations() {
  const { berth } = useEngine().info
  const notes = berth?.limitations?.map(limitationText) ?? berth?.notes ?? []
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
      isExpandable
      toggleAriaLabel={_('Limitations')}
    >
      <ul className="berth-list">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </Alert>
  )
}

type Known = NonNullable<NonNullable<Info['berth']>['limitations']>[number]

/** A limitation in the language shown. */
function limitationText({ code, message, names = '' }: Known): string {
  switch (code) {
    case 'no-control-group':
      return _(
        'You have no control group of your own: containers run without limits and without metrics. Log in once through the Berth console, or ask an administrator.',
      )
    case 'checkpoint-requires-root':
      return _('Checkpointing a container requires root. Stop and start the container instead.')
    case 'criu-missing':
      return _('Checkpoint and restore require the program criu, which is not installed.')
    case 'programs-missing':
      return format(_('Programs that containers need are not installed: {names}.'), { names })
    case 'runtime-missing':
      return _('Neither crun nor runc is installed, one of which starts containers.')
    case 'tun-missing':
      return _('/dev/net/tun, which the network of your containers needs, does not exist.')
    default:
      return message
  }
}

function readDismissed(): string | null {
  try {
    return window.localStorage.getItem(key)
  } catch {
    return null
  }
}
