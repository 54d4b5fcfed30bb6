import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { ExpandableSection } from '@patternfly/react-core/dist/esm/components/ExpandableSection'
import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import type { ReactNode } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { useQueryList } from '../../hooks/route.ts'
import { _, C_, format, ngettext } from '../../i18n/gettext.ts'
import { containerFields, fieldsIn, saying } from './container-fields.ts'
import { DraftCheck, DraftSelect, DraftText, useDraft } from './draft-context.tsx'
import { LabelsField } from '../../ui/dialogs/labels-field.tsx'
import { DevicesField, HostsField, NetworksField, SecretsField } from './draft-rows.tsx'
import { type FieldGroup, fieldGroups } from './fields/container-field.ts'

const groups: Record<FieldGroup, { title: () => string; Fields: () => ReactNode }> = {
  program: { title: () => _('Program'), Fields: ProgramFields },
  resources: { title: () => _('More limits'), Fields: ResourceFields },
  network: { title: () => _('Network'), Fields: NetworkFields },
  security: { title: () => _('Security and devices'), Fields: SecurityFields },
  health: { title: () => _('Health check'), Fields: HealthFields },
  labels: { title: () => _('Labels and image'), Fields: LabelFields },
}

/** The groups of fields beyond the common ones, each of which can be opened; the address names those that are open. */
export function DraftGroups() {
  const { can } = useEngine()
  const { draft } = useDraft()
  const [open, setOpen] = useQueryList('group')
  const offered = fieldGroups.filter(
    (group) => fieldsIn(group, can.takes).length > 0 && (group !== 'network' || draft.pod === ''),
  )
  return (
    <div className="berth-groups">
      {offered.map((group) => (
        <Group
          key={group}
          group={group}
          isOpen={open.includes(group)}
          onToggle={(isOpen) => setOpen(isOpen ? [...open, group] : open.filter((each) => each !== group))}
        />
      ))}
    </div>
  )
}

interface GroupProps {
  group: FieldGroup
  isOpen: boolean
  onToggle: (isOpen: boolean) => void
}

function Group({ group, isOpen, onToggle }: GroupProps) {
  const { draft, errors } = useDraft()
  const { title, Fields } = groups[group]
  const count = saying(group, draft)
  const wrong = containerFields.some(
    (field) => field.group === group && [errors[field.name]].flat().some((each) => each !== undefined),
  )
  return (
    <ExpandableSection
      isExpanded={isOpen}
      onToggle={(_event, expanded) => onToggle(expanded)}
      isIndented
      toggleContent={
        <span className="berth-group-toggle">
          {title()}
          {!isOpen && wrong && (
            <Label isCompact status="danger">
              {_('Incorrect')}
            </Label>
          )}
          {!isOpen && !wrong && count > 0 && <Label isCompact>{ngettext('{n} set', '{n} set', count)}</Label>}
        </span>
      }
    >
      {isOpen && (
        <div className="berth-dialog-form">
          <Fields />
        </div>
      )}
    </ExpandableSection>
  )
}

function ProgramFields() {
  return (
    <>
      <div className="berth-columns">
        <DraftText field="workdir" label={_('Working directory')} placeholder={_('Image default')} />
        <DraftText
          field="user"
          label={_('User')}
          placeholder={_('Image default')}
          help={_('Name or ID, with a group after a colon.')}
        />
      </div>
      <div className="berth-columns">
        <DraftText field="stopSignal" label={_('Stop signal')} placeholder="SIGTERM" />
        <DraftText
          field="stopTimeout"
          label={_('Stop timeout (seconds)')}
          placeholder="10"
          help={_('After this time it is killed.')}
        />
      </div>
      <DraftCheck
        field="init"
        label={_('Run an init process')}
        help={_('It forwards signals and reaps processes that nobody waits for.')}
      />
    </>
  )
}

function ResourceFields() {
  const size = _('A size such as 512m or 2g.')
  return (
    <div className="berth-columns">
      <DraftText field="pids" label={_('PID limit')} placeholder="2048" help={_('The number of processes and threads.')} />
      <DraftText field="shmSize" label={_('Size of /dev/shm')} placeholder="64m" help={size} />
      <DraftText
        field="reservation"
        label={_('Memory reservation')}
        placeholder={_('None')}
        help={_('A soft limit that applies while the host is short of memory.')}
      />
      <DraftText
        field="swap"
        label={_('Memory and swap')}
        placeholder={_('Twice the memory limit')}
        help={_('Both together; -1 for no limit.')}
      />
      <DraftText
        field="shares"
        label={_('CPU shares')}
        placeholder="1024"
        help={_('Relative weight compared with other containers.')}
      />
      <DraftText field="cpuset" label={_('CPU set')} placeholder={_('All')} help={_('Such as 0-3 or 0,2.')} />
      <DraftText
        field="blockWeight"
        label={_('Block I/O weight')}
        placeholder="500"
        help={_('Relative weight, from 10 to 1000.')}
      />
    </div>
  )
}

function NetworkFields() {
  const { draft, errors, onChange } = useDraft()
  return (
    <>
      <DraftSelect
        field="network"
        label={_('Network mode')}
        options={[
          ['', _('Default')],
          ['bridge', _('Bridge networks')],
          ['host', _('Network of the host')],
          ['none', C_('network', 'None')],
        ]}
      />
      {draft.network === 'bridge' && (
        <NetworksField rows={draft.networks} onChange={(networks) => onChange({ networks })} errors={errors.networks ?? []} />
      )}
      <div className="berth-columns">
        <DraftText field="hostname" label={_('Hostname')} placeholder={_('Container ID if empty')} />
        <DraftText
          field="dns"
          label={_('DNS servers')}
          placeholder={_('Same as the host')}
          help={_('IP addresses, separated by spaces.')}
        />
        <DraftText field="dnsSearch" label={_('DNS search domains')} placeholder={_('Same as the host')} />
      </div>
      <HostsField rows={draft.hosts} onChange={(hosts) => onChange({ hosts })} errors={errors.hosts ?? []} />
      <DraftCheck
        field="publishAll"
        label={_('Publish all exposed ports')}
        help={_('Each port that the image exposes gets a free port of the host.')}
      />
    </>
  )
}

function SecurityFields() {
  const { draft, errors, onChange, offers } = useDraft()
  return (
    <>
      <DraftCheck
        field="privileged"
        label={_('Privileged')}
        help={_('All capabilities and devices, and no protection of the host.')}
      />
      {draft.privileged && (
        <Alert
          isInline
          variant="warning"
          title={_('A privileged container can take over your account on the host.')}
          component="p"
        >
          {_('Add single capabilities or devices instead wherever that is enough.')}
        </Alert>
      )}
      <DraftCheck
        field="readOnly"
        label={_('Read-only root file system')}
        help={_('Only volumes, /tmp, /run and /var/tmp can be written to.')}
      />
      <DraftCheck
        field="noNewPrivileges"
        label={_('No new privileges')}
        help={_('Programs such as sudo cannot gain more than the container began with.')}
      />
      <div className="berth-columns">
        <DraftText field="capAdd" label={_('Add capabilities')} placeholder="NET_ADMIN, SYS_TIME" />
        <DraftText field="capDrop" label={_('Drop capabilities')} placeholder="CHOWN, ALL" />
        <DraftSelect
          field="userns"
          label={_('User namespace')}
          options={[
            ['', _('Default')],
            ['keep-id', _('Your own ID inside as well (keep-id)')],
            ['auto', _('IDs of its own (auto)')],
            ['nomap', _('Without your own ID (nomap)')],
            ['host', _('Same as the engine (host)')],
          ]}
        />
      </div>
      <DevicesField rows={draft.devices} onChange={(devices) => onChange({ devices })} errors={errors.devices ?? []} />
      {offers('secrets') && (
        <SecretsField rows={draft.secrets} onChange={(secrets) => onChange({ secrets })} errors={errors.secrets ?? []} />
      )}
    </>
  )
}

function HealthFields() {
  const { draft } = useDraft()
  return (
    <>
      <DraftSelect
        field="health"
        label={_('Health check')}
        options={[
          ['', _('Image default')],
          ['command', _('A command')],
          ['none', C_('health', 'None')],
        ]}
      />
      {draft.health === 'command' && (
        <>
          <DraftText
            field="healthCommand"
            label={_('Command of the health check')}
            placeholder="curl -f http://localhost/ || exit 1"
            help={_('A line for the shell, or words as a JSON list.')}
          />
          <div className="berth-columns">
            <DraftText field="healthInterval" label={_('Interval')} placeholder="30s" />
            <DraftText field="healthTimeout" label={_('Timeout')} placeholder="30s" />
            <DraftText
              field="healthStartPeriod"
              label={_('Start period')}
              placeholder="0s"
              help={_('Failures during this time do not count.')}
            />
            <DraftText
              field="healthRetries"
              label={_('Retries')}
              placeholder="3"
              help={_('Consecutive failures until the container is unhealthy.')}
            />
          </div>
        </>
      )}
      {draft.health !== 'none' && (
        <DraftSelect
          field="healthAction"
          label={_('When it becomes unhealthy')}
          options={[
            ['none', _('Do nothing')],
            ['kill', C_('health', 'Kill')],
            ['restart', C_('health', 'Restart')],
            ['stop', C_('health', 'Stop')],
          ]}
        />
      )}
    </>
  )
}

function LabelFields() {
  const { draft, errors, onChange, editing } = useDraft()
  return (
    <>
      <LabelsField rows={draft.labels} onChange={(labels) => onChange({ labels })} errors={errors.labels ?? []} />
      {!editing && (
        <DraftSelect
          field="pull"
          label={_('Pull policy')}
          options={[
            ['missing', _('If it is missing on this host')],
            ['newer', _('If the registry has a newer one')],
            ['always', C_('pull', 'Always')],
            ['never', C_('pull', 'Never')],
          ]}
          help={format(_('When {image} is pulled before the container is created.'), {
            image: draft.image.trim() || _('the image'),
          })}
        />
      )}
    </>
  )
}
