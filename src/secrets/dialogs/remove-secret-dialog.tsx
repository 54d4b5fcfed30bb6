import { useEngine } from '../../engine/engine-context.tsx'
import type { Secret } from '../../engine/live/live-data.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'

/** Removes a secret. */
export function RemoveSecretDialog({ secret: { ID, Spec }, onClose }: { secret: Secret; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const remove = async () => {
    await engine['secret.remove']({ name: ID })
    await data.secrets.refresh()
  }
  return (
    <ActionDialog
      title={format(_('Remove {name}?'), { name: Spec.Name })}
      action={_('Remove')}
      danger
      failed={_('Failed to remove the secret')}
      command={commandLine(can.program, 'secret', 'rm', Spec.Name)}
      onSubmit={remove}
      onClose={onClose}
    >
      <p>
        {_(
          'Its value cannot be restored. Containers that have it as a file keep their copy; those that have it as a variable no longer start.',
        )}
      </p>
    </ActionDialog>
  )
}
