import { Card, CardBody } from '@patternfly/react-core/dist/esm/components/Card'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import type { ReactNode } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { formatNumber, formatPercent, formatSize } from '../i18n/format.ts'
import { _, format } from '../i18n/gettext.ts'
import { linkTo } from '../hooks/route.ts'
import { useStore } from '../hooks/use-store.ts'
import { isActive } from '../engine/container-summary.ts'
import { type Disk, usedPercent } from './disk.ts'

/** Counts of containers, pods and images, and disk usage. */
export function CountCards({ disk }: { disk: Disk | undefined }) {
  const { data, info } = useEngine()
  const containers = useStore(data.containers).items?.filter(({ IsInfra }) => !IsInfra)
  const pods = useStore(data.pods).items
  const images = useStore(data.images).items
  const running = containers?.filter(isActive).length
  const size = images?.reduce((sum, image) => sum + image.Size, 0)
  return (
    <ul className="berth-counts" aria-label={_('Summary')}>
      <Count title={_('Running containers')} value={running} href={linkTo(['containers'], { state: 'running' })} accent />
      <Count
        title={_('Stopped containers')}
        value={containers && containers.length - running!}
        href={linkTo(['containers'], { state: 'stopped' })}
      />
      <Count title={_('Pods')} value={pods?.length} href={linkTo(['containers'])} />
      <Count
        title={_('Images')}
        value={images?.length}
        href={linkTo(['images'])}
        note={size === undefined ? undefined : formatSize(size)}
      />
      <Count
        title={_('Disk usage')}
        value={disk ? formatPercent(usedPercent(disk)) : formatSize(info.store.graphRootUsed)}
        note={
          disk && format(_('{used} of {total}'), { used: formatSize(disk.used), total: formatSize(disk.used + disk.available) })
        }
      />
    </ul>
  )
}

interface CountProps {
  title: string
  value: number | string | undefined
  href?: string
  note?: ReactNode
  accent?: boolean
}

function Count({ title, value, href, note, accent }: CountProps) {
  const shown = typeof value === 'number' ? formatNumber(value) : value
  return (
    <li>
      <Card isCompact className={accent ? 'berth-count berth-count-accent' : 'berth-count'}>
        <CardBody>
          <div className="berth-count-value">{shown ?? <Skeleton width="2.5rem" screenreaderText={_('Loading')} />}</div>
          <div>{href ? <a href={href}>{title}</a> : title}</div>
          {note !== undefined && <div className="berth-quiet berth-count-note">{note}</div>}
        </CardBody>
      </Card>
    </li>
  )
}
