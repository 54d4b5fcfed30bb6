import type { ReactNode } from 'react'

import { commandLine } from '../../lib/command-line.ts'
import { formatMemory, formatNumber, shortId } from '../../lib/format.ts'
import { _, C_, format } from '../../lib/gettext.ts'
import type { ContainerInspect as Inspect } from '../../../engine/contract/index.ts'
import type { ContainerSummary } from '../../lib/live-data.ts'
import { linkTo } from '../../lib/location.ts'
import { KeyValues, variableEntries } from '../../ui/key-values.tsx'
import { Properties, property, type Property } from '../../ui/properties.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { composeProject } from '../grouping.ts'
import { Ports } from '../ports.tsx'

/** What a container is and how it is tied to its host. */
export function PropertiesTab({ inspect, container }: { inspect: Inspect; container: ContainerSummary }) {
  return (
    <div className="berth-cards-columns">
      <Properties title={_('Program')} items={program(inspect, container)} />
      <Properties title={_('State')} items={state(inspect)} />
      <Properties title={_('Network')} items={network(inspect, container)} />
      <Properties title={_('Limits')} items={limits(inspect)} />
      {inspect.Mounts.length > 0 && <Mounts inspect={inspect} />}
      {inspect.Config.Env.length > 0 && <KeyValues title={_('Environment')} entries={variableEntries(inspect.Config.Env)} />}
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
    [_('Entry point'), code(commandLine(...(Config.Entrypoint ?? [])))],
    [_('Command'), code(commandLine(...(Config.Cmd ?? [])))],
    [_('User'), Config.User === '' ? _("The image's own") : Config.User],
    [_('Working folder'), code(Config.WorkingDir)],
    [_('Terminal'), Config.Tty ? C_('answer', 'Yes') : C_('answer', 'No')],
    property(_('Created'), <TimeAgo value={Created} />),
    [_('Runtime'), OCIRuntime],
  ]
}

function policyText({ Name, MaximumRetryCount }: Inspect['HostConfig']['RestartPolicy']): string {
  switch (Name) {
    case 'always':
      return _('Always start it again')
    case 'unless-stopped':
      return _('Start it again unless somebody stopped it')
    case 'on-failure':
      return MaximumRetryCount > 0
        ? format(_('Start it again if it failed, up to {count} times'), { count: MaximumRetryCount })
        : _('Start it again if it failed')
    default:
      return _('Leave it')
  }
}

function state({ State, HostConfig, RestartCount }: Inspect): Property[] {
  const ended = !State.Running
  return [
    [_('Process'), State.Pid > 0 ? format(_('PID {pid}'), { pid: State.Pid }) : undefined],
    property(_('Started'), <TimeAgo value={State.StartedAt} />),
    [_('Ended'), ended ? <TimeAgo value={State.FinishedAt} /> : undefined],
    [_('Exit code'), ended && State.Status === 'exited' ? exitText(State.ExitCode, State.OOMKilled) : undefined],
    [_('Error'), State.Error],
    [_('Saved state'), State.Checkpointed ? <TimeAgo value={State.CheckpointedAt ?? ''} /> : undefined],
    [_('When it ends by itself'), policyText(HostConfig.RestartPolicy)],
    [_('Restarts'), formatNumber(RestartCount)],
  ]
}

function exitText(exitCode: number, outOfMemory: boolean): string {
  if (outOfMemory) return format(_('{code}, as it had no memory left under its limit'), { code: exitCode })
  if (exitCode > 128 && exitCode < 160)
    return format(_('{code}, ended by signal {signal}'), { code: exitCode, signal: exitCode - 128 })
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
    [_('Compose project'), composeProject(container)],
    [_('Mode'), HostConfig.NetworkMode],
    [_('Networks'), (container.Networks ?? []).join(', ')],
    [_('Host name'), code(Config.Hostname)],
    [_('IP address'), code(inner)],
    [_('MAC address'), code(NetworkSettings.MacAddress)],
    property(_('Ports'), <Ports ports={container.Ports} />),
  ]
}

function limits({ HostConfig, EffectiveCaps }: Inspect): Property[] {
  const { Memory, NanoCpus, CpuQuota, CpuPeriod, CpuShares, PidsLimit, Privileged, ReadonlyRootfs } = HostConfig
  const cpus = NanoCpus > 0 ? NanoCpus / 1e9 : CpuQuota > 0 && CpuPeriod > 0 ? CpuQuota / CpuPeriod : 0
  const none = _('None')
  return [
    [_('Memory'), Memory > 0 ? formatMemory(Memory) : none],
    [_('CPU'), cpus > 0 ? formatNumber(cpus) : none],
    [_('CPU weight'), CpuShares > 0 ? formatNumber(CpuShares) : undefined],
    [_('Processes'), PidsLimit > 0 ? formatNumber(PidsLimit) : none],
    [_('Privileged'), Privileged ? C_('answer', 'Yes') : C_('answer', 'No')],
    [_('Root file system'), ReadonlyRootfs ? _('Read only') : _('Read and write')],
    [
      _('Capabilities'),
      Privileged ? _('All') : (EffectiveCaps ?? []).map((each) => each.replace('CAP_', '').toLowerCase()).join(', ') || none,
    ],
  ]
}

function Mounts({ inspect }: { inspect: Inspect }) {
  return (
    <Properties title={_('Volumes')}>
      <ul className="berth-mounts">
        {inspect.Mounts.map(({ Destination, Source, Name, RW }) => (
          <li key={Destination}>
            <code className="berth-code">{Destination}</code>
            <span className="berth-quiet">
              {Name && !/^[0-9a-f]{64}$/.test(Name) ? format(_('volume {name}'), { name: Name }) : Source}
              {RW ? '' : ` · ${_('Read only')}`}
            </span>
          </li>
        ))}
      </ul>
    </Properties>
  )
}
