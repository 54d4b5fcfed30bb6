import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import type { ReactNode } from 'react'

import { clock } from '../engine/clock.ts'
import { isRestarting, nameOf } from '../engine/container-summary.ts'
import { useEngine } from '../engine/engine-context.tsx'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { linkTo } from '../hooks/route.ts'
import { useStore } from '../hooks/use-store.ts'
import { formatPercent, formatSize } from '../i18n/format.ts'
import { _, format, ngettext } from '../i18n/gettext.ts'
import { type Disk, isNearlyFull, usedPercent } from './disk.ts'

/** Containers that are named; the others are counted. */
const maxNamed = 5

/** What needs attention; nothing where nothing does. */
export function Attention({ disk }: { disk: Disk | undefined }) {
  const { data } = useEngine()
  const containers = useStore(data.containers).items ?? []
  const updates = useStore(data.updates.state)
  const now = useStore(clock).getTime() / 1000
  const restarting = containers.filter((each) => isRestarting(each, now))
  const outOfMemory = containers.filter(({ OOMKilled }) => OOMKilled === true)
  const unhealthy = containers.filter(({ Status }) => Status === 'unhealthy')
  const newer = [...updates.byName.values()].filter(({ status }) => status === 'newer').length
  return (
    <>
      {restarting.length > 0 && (
        <Line
          tone="danger"
          title={ngettext('{n} container restarts again and again', '{n} containers restart again and again', restarting.length)}
        >
          <Names containers={restarting} tab="logs" />
        </Line>
      )}
      {outOfMemory.length > 0 && (
        <Line
          tone="danger"
          title={ngettext('{n} container ran out of memory', '{n} containers ran out of memory', outOfMemory.length)}
        >
          <Names containers={outOfMemory} tab="resources" />
        </Line>
      )}
      {unhealthy.length > 0 && (
        <Line tone="warning" title={ngettext('{n} container is unhealthy', '{n} containers are unhealthy', unhealthy.length)}>
          <Names containers={unhealthy} tab="logs" />
        </Line>
      )}
      {disk && isNearlyFull(disk) && (
        <Line tone="warning" title={_('The disk is nearly full')}>
          {format(_('{share} are used; {size} are available.'), {
            share: formatPercent(usedPercent(disk)),
            size: formatSize(disk.available),
          })}
        </Line>
      )}
      {newer > 0 && (
        <Line
          tone="info"
          title={ngettext('An update is available for {n} image.', 'Updates are available for {n} images.', newer)}
        >
          <a href={linkTo(['images'])}>{_('Images')}</a>
        </Line>
      )}
    </>
  )
}

function Line({ tone, title, children }: { tone: 'danger' | 'warning' | 'info'; title: string; children: ReactNode }) {
  const label = tone === 'danger' ? _('Error:') : tone === 'warning' ? _('Warning:') : _('Info:')
  return (
    <Alert isInline component="h2" variant={tone} variantLabel={label} title={title} className="berth-attention">
      {children}
    </Alert>
  )
}

function Names({ containers, tab }: { containers: readonly ContainerSummary[]; tab: string }) {
  const more = containers.length - maxNamed
  return (
    <span className="berth-attention-names">
      {containers.slice(0, maxNamed).map((container) => (
        <a key={container.Id} href={linkTo(['containers', container.Id], { tab })}>
          {nameOf(container)}
        </a>
      ))}
      {more > 0 && <a href={linkTo(['containers'])}>{format(_('{count} more'), { count: more })}</a>}
    </span>
  )
}
