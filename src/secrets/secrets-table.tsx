import { Label } from '@patternfly/react-core/dist/esm/components/Label'

import type { Secret } from '../engine/live/live-data.ts'
import { _, format } from '../i18n/gettext.ts'
import { ActionsMenu } from '../ui/actions-menu.tsx'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { DataTable, type TableColumn } from '../ui/tables/data-table.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { CreateSecretDialog, RemoveSecretDialog } from './dialogs/lazy.ts'

const columns: readonly TableColumn<Secret>[] = [
  {
    key: 'name',
    title: () => _('Name'),
    className: 'berth-title-cell',
    cell: ({ Spec }) => (
      <span className="berth-name" title={Spec.Name}>
        {Spec.Name}
      </span>
    ),
  },
  { key: 'driver', title: () => _('Driver'), width: 8, cell: ({ Spec }) => Spec.Driver.Name },
  { key: 'labels', title: () => _('Labels'), width: 16, cell: ({ Spec }) => <SecretLabels labels={Spec.Labels ?? {}} /> },
  { key: 'created', title: () => _('Created'), width: 9, nowrap: true, cell: ({ CreatedAt }) => <TimeAgo value={CreatedAt} /> },
  { key: 'changed', title: () => _('Changed'), width: 9, nowrap: true, cell: ({ UpdatedAt }) => <TimeAgo value={UpdatedAt} /> },
  { key: 'actions', title: () => _('Actions'), width: 4, actions: true, cell: (secret) => <SecretMenu secret={secret} /> },
]

/** The secrets, without their values. */
export function SecretsTable({ rows }: { rows: readonly Secret[] }) {
  return <DataTable label={_('Secrets')} rows={rows} columns={columns} keyOf={keyOf} />
}

const keyOf = ({ ID }: Secret): string => ID

function SecretLabels({ labels }: { labels: Readonly<Record<string, string>> }) {
  const entries = Object.entries(labels)
  if (entries.length === 0) return <span aria-hidden="true">–</span>
  return (
    <div className="berth-marks">
      {entries.map(([name, value]) => (
        <Label key={name} isCompact variant="outline" title={`${name}=${value}`}>
          {value === '' ? name : `${name}=${value}`}
        </Label>
      ))}
    </div>
  )
}

function SecretMenu({ secret }: { secret: Secret }) {
  const { open } = useDialogs()
  const name = secret.Spec.Name
  const replace = {
    key: 'replace',
    title: _('Replace value…'),
    run: () => open((close) => <CreateSecretDialog replace={name} onClose={close} />),
  }
  const remove = {
    key: 'remove',
    title: _('Remove…'),
    danger: true,
    run: () => open((close) => <RemoveSecretDialog secret={secret} onClose={close} />),
  }
  return <ActionsMenu label={format(_('Actions for {name}'), { name })} groups={[[replace], [remove]]} />
}
