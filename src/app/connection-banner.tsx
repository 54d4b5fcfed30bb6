import { Banner } from '@patternfly/react-core/dist/esm/components/Banner'
import { Spinner } from '@patternfly/react-core/dist/esm/components/Spinner'

import type { Connection } from '../lib/backend.ts'
import { _ } from '../lib/gettext.ts'
import type { Store } from '../lib/store.ts'
import { useStore } from '../lib/use-store.ts'

/** Says that what is shown may be old while the connection is lost. */
export function ConnectionBanner({ connection }: { connection: Store<Connection> }) {
  const lost = useStore(connection) === 'lost'
  return (
    <div role="status" aria-live="polite">
      {lost && (
        <Banner status="warning" className="berth-banner">
          <Spinner isInline aria-hidden="true" />{' '}
          {_('The connection to the console was lost. Trying again; what you see may be old.')}
        </Banner>
      )}
    </div>
  )
}
