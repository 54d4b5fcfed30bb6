import type { ReactNode } from 'react'

import { quotaCpus } from '../../../engine/spec/limit.ts'
import { shortId } from '../../../engine/spec/name.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { formatMemory, formatNumber } from '../../i18n/format.ts'
import { _, C_, format } from '../../i18n/gettext.ts'
import type { ContainerInspect as Inspect } from '../../../engine/contract/index.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { KeyValues, variableEntries } from '../../ui/key-values.tsx'
import { Properties, property, type Property } from '../../ui/properties.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { composeProject } from '../grouping.ts'
import { Ports } from '../ports.tsx'
import { HealthCard } from './health-card.tsx'

interface PropertiesTabProps {
  inspect: Inspect
  container: ContainerSummary
  /** Its health was checked. */
  onChecked: () => void
}

/** The configuration and state of a container. */
export function PropertiesTab({ inspect, container, onChecked }: PropertiesTabProps) {
  const health = inspect.State.Health
  return (
    <div className="berth-cards-columns">
      <Properties title={_('Configuration')} items={program(inspect, container)} />
      <Properties title={_('State')} items={state(inspect)} />
      {health && <HealthCard health={health} container={container} onChecked={onChecked} />}
      <Properties title={_('Network')} items={network(inspect, container)} />
      <Properties title={_('Limits')} items={limits(inspect)} />
      {inspect.Mounts.length > 0 && <Mounts inspect={inspect} />}
      {inspect.Config.Env.length > 0 && (
        <KeyValues title={_('Environment variables')} entries={variableEntries(inspect.Config.Env)} />
      )}
      {Object.keys(inspect.Config.Labels ?? {}).length > 0 && (
        <KeyValues title={_('Labels')} entries={Object.entries(inspect.Config.Labels ?? {})} />
      )}
    </div>
  )
}

const code = (text: string | undefined): ReactNode => (text ? <code className="berth-code">{text}</code> : undefined)

function program({ Id, Image, Config, Created, OCIRuntime }: Inspect, container: ContainerSummary): Property[] {
  return [
    [_('ID'), code(shortId(Id))],
    property(_('Image'), <a href={linkTo(['images', Image])}>{container.Image || shortId(Image)}</a>),
    [_('Entrypoint'), code(commandLine(...(Config.Entrypoint ?? [])))],
    [_('Command'), code(commandLine(...(Config.Cmd ?? [])))],
    [_('User'), Config.User === '' ? _('Image default') : Config.User],
    [_('Working directory'), code(Config.WorkingDir)],
    [_('TTY'), Config.Tty ? C_('answer', 'Yes') : C_('answer', 'No')],
    property(_('Created'), <TimeAgo value={Created} />),
    [_('Runtime'), OCIRuntime],
    [_('Compose project'), composeProject(container)],
  ]
}

function policyText({ Name, MaximumRetryCount }: Inspect['HostConfig']['RestartPolicy']): string {
  switch (Name) {
    case 'always':
      return _('Always')
    case 'unless-stopped':
      return _('Unless stopped')
    case 'on-failure':
      return MaximumRetryCount > 0
        ? format(_('On failure (at most {count} retries)'), { count: MaximumRetryCount })
        : _('On failure')
    default:
      return C_('restart', 'No')
  }
}

function state({ State, HostConfig, RestartCount }: Inspect): Property[] {
  const ended = !State.Running
  return [
    [_('Process'), State.Pid > 0 ? format(_('PID {pid}'), { pid: State.Pid }) : undefined],
    property(_('Started'), <TimeAgo value={State.StartedAt} />),
    [_('Finished'), ended ? <TimeAgo value={State.FinishedAt} /> : undefined],
    [_('Exit code'), ended && State.Status === 'exited' ? exitText(State.ExitCode, State.OOMKilled) : undefined],
    [_('Error'), State.Error],
    [_('Checkpointed'), State.Checkpointed ? <TimeAgo value={State.CheckpointedAt ?? ''} /> : undefined],
    [_('Restart policy'), policyText(HostConfig.RestartPolicy)],
    [_('Restart count'), formatNumber(RestartCount)],
  ]
}

function exitText(exitCode: number, outOfMemory: boolean): string {
  if (outOfMemory) return format(_('{code} (out of memory)'), { code: exitCode })
  if (exitCode > 128 && exitCode < 160)
    return format(_('{code} (killed by signal {signal})'), { code: exitCode, signal: exitCode - 128 })
  return String(exitCode)
}

function network({ NetworkSettings, HostConfig, Config }: Inspect, container: ContainerSummary): Property[] {
  const inner =
    NetworkSettings.IPAddress ||
    Object.values(NetworkSettings.Networks ?? {})
      .map(({ IPAddress }) => IPAddress)
      .find(Boolean)
  return [
    [_('Pod'), container.PodName],
    [_('Mode'), HostConfig.NetworkMode],
    [_('Networks'), (container.Networks ?? []).join(', ')],
    [_('Hostname'), code(Config.Hostname)],
    [_('IP address'), code(inner)],
    [_('MAC address'), code(NetworkSettings.MacAddress)],
    property(_('Ports'), <Ports ports={container.Ports} />),
  ]
}

function limits({ HostConfig, EffectiveCaps }: Inspect): Property[] {
  const { Memory, NanoCpus, CpuQuota, CpuPeriod, CpuShares, PidsLimit, Privileged, ReadonlyRootfs } = HostConfig
  const cpus = NanoCpus > 0 ? NanoCpus / 1e9 : quotaCpus({ quota: CpuQuota, period: CpuPeriod })
  const none = _('None')
  return [
    [_('Memory'), Memory > 0 ? formatMemory(Memory) : none],
    [_('CPU'), cpus > 0 ? formatNumber(cpus) : none],
    [_('CPU shares'), CpuShares > 0 ? formatNumber(CpuShares) : undefined],
    [_('PID limit'), PidsLimit > 0 ? formatNumber(PidsLimit) : none],
    [_('Privileged'), Privileged ? C_('answer', 'Yes') : C_('answer', 'No')],
    [_('Root file system'), ReadonlyRootfs ? _('Read-only') : _('Read-write')],
    [
      _('Capabilities'),
      Privileged ? _('All') : (EffectiveCaps ?? []).map((each) => each.replace('CAP_', '').toLowerCase()).join(', ') || none,
    ],
  ]
}

/** Where what is mounted comes from; an anonymous volume by the beginning of its name. */
function sourceOf(volume: string | undefined, path: string): string {
  if (!volume) return path
  return /^[0-9a-f]{64}$/.test(volume)
    ? format(_('anonymous volume {name}'), { name: volume.slice(0, 12) })
    : format(_('volume {name}'), { name: volume })
}

function Mounts({ inspect }: { inspect: Inspect }) {
  return (
    <Properties title={_('Volumes')}>
      <ul className="berth-mounts">
        {inspect.Mounts.map(({ Destination, Source, Name, RW }) => (
          <li key={Destination}>
            <code className="berth-code">{Destination}</code>
            <span className="berth-quiet">
              {sourceOf(Name, Source)}
              {RW ? '' : ` · ${_('Read-only')}`}
            </span>
          </li>
        ))}
      </ul>
    </Properties>
  )
}
