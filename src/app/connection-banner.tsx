import { Banner } from '@patternfly/react-core/dist/esm/components/Banner'
import { Spinner } from '@patternfly/react-core/dist/esm/components/Spinner'

import type { Connection } from '../engine/connection/backend.ts'
import { _ } from '../i18n/gettext.ts'
import type { Store } from '../engine/store.ts'
import { useStore } from '../hooks/use-store.ts'

/** Shown while the connection is lost: the data may be out of date. */
export function ConnectionBanner({ connection }: { connection: Store<Connection> }) {
  const lost = useStore(connection) === 'lost'
  return (
    <div role="status" aria-live="polite">
      {lost && (
        <Banner status="warning" className="berth-banner">
          <Spinner isInline aria-hidden="true" />{' '}
          {_('The connection to the console was lost. Reconnecting; the data shown may be out of date.')}
        </Banner>
      )}
    </div>
  )
}
