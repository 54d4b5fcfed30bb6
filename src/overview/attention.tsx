import { Card, CardBody, CardTitle } from '@patternfly/react-core/dist/esm/components/Card'
import ErrorIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-error-fill-icon'
import InfoIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-information-fill-icon'
import WarningIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-warning-fill-icon'
import type { ReactNode } from 'react'

import { clock } from '../engine/clock.ts'
import { isRestarting, nameOf } from '../engine/container-summary.ts'
import { useEngine } from '../engine/engine-context.tsx'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { linkTo } from '../hooks/route.ts'
import { useStore } from '../hooks/use-store.ts'
import { formatNumber, formatPercent, formatSize } from '../i18n/format.ts'
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
  const lines = [
    restarting.length > 0 && (
      <Line
        key="restarting"
        tone="danger"
        title={ngettext('{n} container keeps restarting', '{n} containers keep restarting', restarting.length)}
      >
        <Names containers={restarting} state="restarting" tab="logs" />
      </Line>
    ),
    outOfMemory.length > 0 && (
      <Line
        key="memory"
        tone="danger"
        title={ngettext('{n} container ran out of memory', '{n} containers ran out of memory', outOfMemory.length)}
      >
        <Names containers={outOfMemory} state="out-of-memory" tab="resources" />
      </Line>
    ),
    unhealthy.length > 0 && (
      <Line
        key="health"
        tone="warning"
        title={ngettext('{n} container is unhealthy', '{n} containers are unhealthy', unhealthy.length)}
      >
        <Names containers={unhealthy} state="unhealthy" tab="logs" />
      </Line>
    ),
    disk && isNearlyFull(disk) && (
      <Line key="disk" tone="warning" title={_('The disk is nearly full')}>
        <a href={linkTo(['images'])}>
          {format(_('{share} used, {size} available'), {
            share: formatPercent(usedPercent(disk)),
            size: formatSize(disk.available),
          })}
        </a>
      </Line>
    ),
    newer > 0 && (
      <Line
        key="updates"
        tone="info"
        title={ngettext('An update is available for {n} image.', 'Updates are available for {n} images.', newer)}
      >
        <a href={linkTo(['images'])}>{_('Images')}</a>
      </Line>
    ),
  ].filter((line) => line !== false && line !== undefined)
  if (lines.length === 0) return null
  return (
    <Card isCompact>
      <CardTitle component="h2">{_('Needs attention')}</CardTitle>
      <CardBody>
        <ul className="berth-attention">{lines}</ul>
      </CardBody>
    </Card>
  )
}

type Tone = 'danger' | 'warning' | 'info'

const icons = { danger: ErrorIcon, warning: WarningIcon, info: InfoIcon }

function Line({ tone, title, children }: { tone: Tone; title: string; children: ReactNode }) {
  const Icon = icons[tone]
  return (
    <li>
      <Icon className={`berth-tone-${tone}`} aria-hidden="true" />
      <strong>{title}</strong>
      <span className="berth-attention-names">{children}</span>
    </li>
  )
}

interface NamesProps {
  containers: readonly ContainerSummary[]
  /** By which the list is filtered for the others. */
  state: string
  /** Where one sees why. */
  tab: string
}

function Names({ containers, state, tab }: NamesProps) {
  const more = containers.length - maxNamed
  return (
    <>
      {containers.slice(0, maxNamed).map((container) => (
        <a key={container.Id} href={linkTo(['containers', container.Id], { tab })}>
          {nameOf(container)}
        </a>
      ))}
      {more > 0 && (
        <a href={linkTo(['containers'], { status: state })}>{format(_('{count} more'), { count: formatNumber(more) })}</a>
      )}
    </>
  )
}
