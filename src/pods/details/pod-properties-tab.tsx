import type { ReactNode } from 'react'

import type { PodInspect } from '../../../engine/contract/index.ts'
import { quotaCpus } from '../../../engine/spec/limit.ts'
import { shortId } from '../../../engine/spec/name.ts'
import type { PodSummary } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { formatMemory, formatNumber } from '../../i18n/format.ts'
import { _, C_ } from '../../i18n/gettext.ts'
import { KeyValues } from '../../ui/key-values.tsx'
import { Properties, property, type Property } from '../../ui/properties.tsx'
import { StateLabel } from '../../ui/state-label.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'

/** The configuration of a pod, and its containers. */
export function PodPropertiesTab({ pod, inspect }: { pod: PodSummary; inspect: PodInspect }) {
  const labels = Object.entries(inspect.Labels ?? {})
  return (
    <div className="berth-cards-columns">
      <Properties title={_('Containers')}>
        <ul className="berth-pod-members" aria-label={_('Containers')}>
          {pod.Containers.map(({ Id, Names, Status }) => (
            <li key={Id} className="berth-pod-member">
              <a href={linkTo(['containers', Id])} className="berth-name" title={Names}>
                {Names}
              </a>
              {Id === pod.InfraId && <span className="berth-quiet">{_('Infra container')}</span>}
              <StateLabel state={Status} />
            </li>
          ))}
        </ul>
      </Properties>
      <Properties title={_('Configuration')} items={configuration(inspect)} />
      <Properties title={_('Network')} items={network(pod, inspect)} />
      <Properties title={_('Limits')} items={limits(inspect)} />
      {labels.length > 0 && <KeyValues title={_('Labels')} entries={labels} />}
    </div>
  )
}

const code = (text: string | undefined): ReactNode => (text ? <code className="berth-code">{text}</code> : undefined)

function configuration({ Id, Created, ExitPolicy, RestartPolicy, SharedNamespaces, CgroupPath }: PodInspect): Property[] {
  const titles: Record<string, string> = {
    ipc: _('IPC'),
    net: _('Network'),
    uts: _('Hostname'),
    pid: _('Processes'),
    cgroup: _('Control group'),
  }
  const shared = (SharedNamespaces ?? []).map((kind) => titles[kind] ?? kind)
  return [
    [_('ID'), code(shortId(Id))],
    property(_('Created'), <TimeAgo value={Created} />),
    [_('Shared'), shared.length > 0 ? shared.join(', ') : _('Nothing')],
    [_('When the last container exits'), ExitPolicy === 'stop' ? _('Stop the pod') : _('Keep the pod running')],
    [_('Restart policy'), policyText(RestartPolicy)],
    [_('Control group'), code(CgroupPath)],
  ]
}

function policyText(name = ''): string {
  switch (name) {
    case 'always':
      return _('Always')
    case 'unless-stopped':
      return _('Unless stopped')
    case 'on-failure':
      return _('On failure')
    default:
      return C_('restart', 'No')
  }
}

/** What the infra container publishes, as the engine inspects it. */
function network(pod: PodSummary, { InfraConfig, Hostname }: PodInspect): Property[] {
  const bindings = Object.entries(InfraConfig?.PortBindings ?? {}) as [string, { HostIp?: string; HostPort?: string }[] | null][]
  const ports = bindings.flatMap(([port, hosts]) => (hosts ?? []).map(({ HostIp, HostPort }) => portText(port, HostIp, HostPort)))
  return [
    [_('Mode'), InfraConfig?.HostNetwork ? 'host' : undefined],
    [_('Networks'), (pod.Networks ?? []).join(', ')],
    [_('Hostname'), code(Hostname || pod.Name)],
    [_('Ports'), ports.length > 0 ? ports.join(', ') : undefined],
  ]
}

function portText(port: string, address = '', host = ''): string {
  const at = address === '' || address === '0.0.0.0' ? '' : `${address}:`
  return `${at}${host} → ${port}`
}

/** Percent of one core, and bytes; undefined for none. */
export function podLimits(inspect: PodInspect | undefined): { cpu?: number; memory?: number } {
  const { cpu_quota: quota = 0, cpu_period: period = 0, memory_limit: memory = 0 } = (inspect ?? {}) as Record<string, number>
  const cpus = quotaCpus({ quota, period })
  return { ...(cpus > 0 ? { cpu: cpus * 100 } : {}), ...(memory > 0 ? { memory } : {}) }
}

function limits(inspect: PodInspect): Property[] {
  const { cpu, memory } = podLimits(inspect)
  const { cpuset_cpus: cpuset, pids_limit: pids, cpu_shares: shares } = inspect as Record<string, unknown>
  const none = _('None')
  return [
    [_('Memory'), memory === undefined ? none : formatMemory(memory)],
    [_('CPU'), cpu === undefined ? none : formatNumber(cpu / 100)],
    [_('CPU shares'), typeof shares === 'number' ? formatNumber(shares) : undefined],
    [_('CPU set'), code(typeof cpuset === 'string' ? cpuset : undefined)],
    [_('PID limit'), typeof pids === 'number' ? formatNumber(pids) : none],
  ]
}
