import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { useCallback } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { useCall } from '../hooks/use-call.ts'
import { useDebounced } from '../hooks/use-debounced.ts'
import { useStore } from '../hooks/use-store.ts'
import { PageTitle } from '../ui/page-title.tsx'
import { Attention } from './attention.tsx'
import { CountCards } from './count-cards.tsx'
import { DamagedRecords } from './damaged-records.tsx'
import { diskOf } from './disk.ts'
import { HostCards } from './host-cards.tsx'
import { Limitations } from './limitations.tsx'
import { UsageCharts } from './usage-charts.tsx'

/** Milliseconds for which the numbers of images and containers are the same before disk usage is asked for. */
const settleTime = 500

/** The overview: what needs attention, what the containers use, and the host. */
export function OverviewPage() {
  const { engine, data, info } = useEngine()
  const images = useStore(data.images).items
  const containers = useStore(data.containers).items
  // Disk usage changes with the number of images and containers; with many of them it is much work.
  const counts = useDebounced(images && containers ? `${images.length} ${containers.length}` : '', settleTime)
  const ask = useCallback(
    async (signal: AbortSignal) => (counts === '' ? undefined : engine['system.df']({}, { signal })),
    [engine, counts],
  )
  const usage = useCall(ask).value
  const disk = diskOf(info, usage)
  return (
    <PageSection isFilled className="berth-overview" aria-labelledby="berth-title">
      <PageTitle>{info.host.hostname}</PageTitle>
      <DamagedRecords />
      <Attention disk={disk} />
      <CountCards disk={disk} />
      <UsageCharts />
      <HostCards usage={usage} disk={disk} />
      <Limitations />
    </PageSection>
  )
}
