import { Progress, ProgressMeasureLocation, ProgressSize } from '@patternfly/react-core/dist/esm/components/Progress'
import type { ReactNode } from 'react'

import type { Output } from '../../engine/contract/index.ts'
import { distributionOf } from '../engine/distribution.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { formatMemory, formatPercent, formatSize } from '../i18n/format.ts'
import { _, C_, format, ngettext } from '../i18n/gettext.ts'
import { useStore } from '../hooks/use-store.ts'
import { Properties, property } from '../ui/properties.tsx'
import { Sparkline } from '../ui/charts/sparkline.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import type { Disk } from './disk.ts'

/** The host, its usage and its disk. */
export function HostCards({ usage, disk }: DiskCardProps) {
  return (
    <div className="berth-cards berth-cards-three">
      <HostCard />
      <UsageCard />
      <DiskCard usage={usage} disk={disk} />
    </div>
  )
}

function HostCard() {
  const { info, can } = useEngine()
  const { host, store } = info
  const version = can.program === 'berth' ? `Berth ${info.berth!.version}` : `Podman ${info.version.Version}`
  return (
    <Properties
      title={_('Host')}
      items={[
        [_('System'), distributionOf(host)],
        [_('Kernel'), host.kernel],
        [_('Engine'), version],
        [_('Runtime'), host.ociRuntime.name],
        [_('Owner'), host.security.rootless ? _('Your account') : _('System (root)')],
        property(_('Booted'), <TimeAgo value={bootTime(host.uptime)} />),
        property(_('Storage'), <code className="berth-code">{store.graphRoot}</code>),
      ]}
    />
  )
}

/** When the host started, in seconds, from libpod's `310h 5m 5.00s (about 12.92 days)`. */
function bootTime(uptime: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /^(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:([\d.]+)s)?/.exec(uptime)?.map(Number) ?? []
  const length = (hours || 0) * 3600 + (minutes || 0) * 60 + (seconds || 0)
  return length > 0 ? Date.now() / 1000 - length : 0
}

function UsageCard() {
  const { info, hostUsage } = useEngine()
  const past = useStore(hostUsage)
  const now = past.at(-1)
  const { cpus, memTotal, memFree, cpuUtilization } = info.host
  const cpu = now ? (now.cores / cpus) * 100 : cpuUtilization ? 100 - cpuUtilization.idlePercent : undefined
  const used = now?.memoryUsed ?? memTotal - memFree
  return (
    <Properties title={_('Host usage')}>
      <Meter
        title={_('CPU')}
        value={cpu}
        text={format(_('{share} of {cpus}'), {
          share: cpu === undefined ? '–' : formatPercent(cpu),
          cpus: ngettext('{n} CPU', '{n} CPUs', cpus),
        })}
        trend={
          <Sparkline className="berth-trend" values={past.map(({ cores }) => cores)} top={cpus / 2} color="var(--berth-cpu)" />
        }
      />
      <Meter
        title={_('Memory')}
        value={(used / memTotal) * 100}
        text={format(_('{used} of {total}'), { used: formatMemory(used), total: formatMemory(memTotal) })}
        trend={
          <Sparkline
            className="berth-trend"
            values={past.map(({ memoryUsed }) => memoryUsed)}
            top={memTotal}
            color="var(--berth-memory)"
          />
        }
      />
    </Properties>
  )
}

function Meter({ title, value = 0, text, trend }: { title: string; value: number | undefined; text: string; trend: ReactNode }) {
  return (
    <div className="berth-meter">
      <div className="berth-meter-text">
        <span>{title}</span>
        <span className="berth-quiet">{text}</span>
      </div>
      <Progress
        aria-label={title}
        value={Math.min(100, value)}
        valueText={text}
        size={ProgressSize.sm}
        measureLocation={ProgressMeasureLocation.none}
        variant={value > 90 ? 'warning' : undefined}
      />
      {trend}
    </div>
  )
}

interface DiskCardProps {
  /** Undefined until it is known. */
  usage: Output<'system.df'> | undefined
  disk: Disk | undefined
}

function DiskCard({ usage: value, disk }: DiskCardProps) {
  const { data } = useEngine()
  const images = useStore(data.images).items
  const writable = value?.Containers?.reduce((sum, each) => sum + each.RWSize, 0)
  const volumes = value?.Volumes?.reduce((sum, each) => sum + each.Size, 0)
  const known = (bytes: number | undefined) => (value ? formatSize(bytes ?? 0) : C_('size', 'Calculating'))
  return (
    <Properties
      title={_('Disk')}
      items={[
        [_('Images'), known(value?.ImagesSize ?? images?.reduce((sum, each) => sum + each.Size, 0))],
        [_('Containers'), known(writable)],
        [_('Volumes'), known(volumes)],
        [_('Free'), disk && formatSize(disk.available)],
      ]}
    />
  )
}
