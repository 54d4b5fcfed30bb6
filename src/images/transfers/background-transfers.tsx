import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Progress, ProgressSize } from '@patternfly/react-core/dist/esm/components/Progress'

import type { BackgroundTransfer } from '../../engine/transfers/background-transfers.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatPercent } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { shareOf } from '../../engine/transfers/transfer.ts'
import { useStore } from '../../hooks/use-store.ts'

/** The transfers in the background; each can be cancelled. */
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
