import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'

import { useEngine } from '../engine/engine-context.tsx'
import { _, ngettext } from '../i18n/gettext.ts'
import { Copyable } from '../ui/copyable.tsx'

/** Lists damaged records of the store, and the command that repairs them. */
export function DamagedRecords() {
  const { info } = useEngine()
  const damaged = info.berth?.damaged ?? []
  if (damaged.length === 0) return null
  return (
    <Alert
      isInline
      component="h2"
      variant="warning"
      variantLabel={_('Warning:')}
      title={ngettext('{n} record in the store is damaged', '{n} records in the store are damaged', damaged.length)}
    >
      <ul className="berth-list">
        {damaged.map((record) => (
          <li key={record}>{record}</li>
        ))}
      </ul>
      <p>{_('Damaged records are missing from lists. To check and repair the store, run this command on the host:')}</p>
      <Copyable text="berth system check --repair" />
    </Alert>
  )
}
