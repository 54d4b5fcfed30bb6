import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useCallback, useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { useCall } from '../../hooks/use-call.ts'
import { _ } from '../../i18n/gettext.ts'
import { useToasts } from '../../ui/toasts.tsx'

/** Says when the history of resource use has gaps, and offers what closes them. */
export function RecorderNote() {
  const { engine, can } = useEngine()
  const { success, failure } = useToasts()
  const [busy, setBusy] = useState(false)
  const known = can.does('usage.status')
  const ask = useCallback(
    (signal: AbortSignal) => (known ? engine['usage.status']({}, { signal }) : Promise.resolve(undefined)),
    [engine, known],
  )
  const { value, reload } = useCall(ask)
  if (!value || value.recorder === 'host' || value.recorder === 'service') return null
  const enable = async () => {
    setBusy(true)
    try {
      await engine['usage.enable']({})
      success(_('Resource usage is now recorded in the background.'))
    } catch (error) {
      failure(_('Failed to start the service'), error)
    }
    setBusy(false)
    reload()
  }
  return (
    <p className="berth-quiet berth-chart-wide">
      {_('Resource usage is recorded only while you are logged in: the history has gaps.')}{' '}
      {value.service === 'possible' && (
        <Button variant="link" isInline isDisabled={busy} onClick={() => void enable()}>
          {_('Record in the background')}
        </Button>
      )}
      {value.service === 'no-systemd' &&
        _('A service of your own that records it requires systemd, which does not run on this host.')}
      {value.service === 'not-needed' && _('An administrator can start the recorder of the host: berth-usage.service.')}
    </p>
  )
}
