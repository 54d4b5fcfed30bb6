import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Progress, ProgressSize } from '@patternfly/react-core/dist/esm/components/Progress'

import type { BackgroundTransfer } from '../lib/background.ts'
import { useEngine } from '../lib/engine-context.tsx'
import { formatPercent } from '../lib/format.ts'
import { _, format } from '../lib/gettext.ts'
import { shareOf } from '../lib/transfer.ts'
import { useStore } from '../lib/use-store.ts'

/** The transfers that go on without their dialogs; each can be cancelled. */
export function BackgroundLines() {
  const transfers = useStore(useEngine().background)
  if (transfers.length === 0) return null
  return (
    <ul className="berth-background" aria-label={_('In the background')}>
      {transfers.map((transfer, index) => (
        <Line key={`${index} ${transfer.title}`} transfer={transfer} />
      ))}
    </ul>
  )
}

function Line({ transfer: { title, state, stop } }: { transfer: BackgroundTransfer }) {
  const share = shareOf(useStore(state)) * 100
  return (
    <li>
      <Progress aria-label={title} title={title} size={ProgressSize.sm} value={share} label={formatPercent(share)} />
      <Button variant="link" size="sm" onClick={stop} aria-label={format(_('Cancel: {title}'), { title })}>
        {_('Cancel')}
      </Button>
    </li>
  )
}
