import type { ReactNode } from 'react'

import { commandLine } from '../../ui/command-line/shell-words.ts'
import { formatNumber } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { KeyValues, variableEntries } from '../../ui/key-values.tsx'
import { Properties, type Property, property } from '../../ui/properties.tsx'
import type { Inspect } from './inspect.ts'

/** The configuration that containers of an image start with. */
export function ConfigurationTab({ inspect }: { inspect: Inspect }) {
  const { Config, Healthcheck } = inspect
  const env = Config.Env ?? []
  return (
    <div className="berth-cards-columns">
      <Properties title={_('Process')} items={program(inspect)} />
      <Properties title={_('Ports and volumes')} items={places(inspect)} />
      {env.length > 0 && <KeyValues title={_('Environment variables')} entries={variableEntries(env)} />}
      {Healthcheck && <Properties title={_('Health check')} items={health(Healthcheck)} />}
      {Config.OnBuild && Config.OnBuild.length > 0 && (
        <Properties title={_('ONBUILD triggers')}>
          <CodeList items={Config.OnBuild} />
        </Properties>
      )}
    </div>
  )
}

const code = (text: string | undefined): ReactNode => (text ? <code className="berth-code">{text}</code> : undefined)

function program({ Config, Os, Architecture }: Inspect): Property[] {
  const none = <span className="berth-quiet">{_('None')}</span>
  return [
    property(_('Entrypoint'), code(commandLine(...(Config.Entrypoint ?? []))) ?? none),
    property(_('Command'), code(commandLine(...(Config.Cmd ?? []))) ?? none),
    [_('Working directory'), code(Config.WorkingDir || '/')],
    [_('User'), Config.User || 'root'],
    [_('Stop signal'), Config.StopSignal || 'SIGTERM'],
    [_('Shell'), code(commandLine(...(Config.Shell ?? [])))],
    [_('Platform'), `${Os}/${Architecture}`],
  ]
}

function places({ Config }: Inspect): Property[] {
  const ports = Object.keys(Config.ExposedPorts ?? {})
  const volumes = Object.keys(Config.Volumes ?? {})
  const none = <span className="berth-quiet">{_('None')}</span>
  return [
    property(_('Ports'), ports.length > 0 ? ports.join(', ') : none),
    property(_('Volumes'), volumes.length > 0 ? <CodeList items={volumes} /> : none),
  ]
}

function health({ Test = [], Interval, Timeout, StartPeriod, Retries }: NonNullable<Inspect['Healthcheck']>): Property[] {
  const [kind, ...words] = Test
  const command = kind === 'CMD-SHELL' ? words.join(' ') : commandLine(...words)
  return [
    property(_('Command'), kind === 'NONE' ? _('Disabled') : code(command)),
    [_('Interval'), duration(Interval)],
    [_('Timeout'), duration(Timeout)],
    [_('Start period'), duration(StartPeriod)],
    [_('Retries'), Retries ? formatNumber(Retries) : undefined],
  ]
}

const duration = (nanoseconds: number | undefined): string | undefined =>
  nanoseconds ? format(_('{seconds} s'), { seconds: formatNumber(nanoseconds / 1e9) }) : undefined

function CodeList({ items }: { items: readonly string[] }) {
  return (
    <ul>
      {items.map((each) => (
        <li key={each}>{code(each)}</li>
      ))}
    </ul>
  )
}
