import { Progress, ProgressSize } from '@patternfly/react-core/dist/esm/components/Progress'

import type { BackgroundTransfer } from '../engine/transfers/background-transfers.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { useStore } from '../hooks/use-store.ts'
import { formatPercent } from '../i18n/format.ts'
import { _ } from '../i18n/gettext.ts'
import { Entry } from './entry.tsx'
import { Outcome } from './outcome.tsx'

/** Work of this page, such as an upload: it ends with the page. `onRemove`: it goes, and the focus with it. */
export function TransferItem({ transfer, onRemove }: { transfer: BackgroundTransfer; onRemove: () => void }) {
  const { background } = useEngine()
  const { title, since, outcome, stop } = transfer
  const remove = () => {
    if (outcome === undefined) return stop()
    onRemove()
    background.remove(transfer)
  }
  return (
    <Entry title={title} state={outcome?.state ?? 'running'} started={since} ended={outcome?.at} onRemove={remove}>
      {outcome === undefined ? <Sent transfer={transfer} /> : <Outcome text={outcome.text} error={outcome.error} />}
    </Entry>
  )
}

function Sent({ transfer: { title, share } }: { transfer: BackgroundTransfer }) {
  const percent = useStore(share) * 100
  return (
    <>
      <Progress aria-label={title} size={ProgressSize.sm} value={percent} label={formatPercent(percent)} />
      {_('Ends when this page is closed.')}
    </>
  )
}
