import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'

interface LogoutDialogProps {
  registry: string
  user: string
  onDone: () => void
  onClose: () => void
}

/** Removes the credentials of a registry. */
export function LogoutDialog({ registry, user, onDone, onClose }: LogoutDialogProps) {
  const { engine, can } = useEngine()
  const submit = async () => {
    await engine['registry.logout']({ registry })
    onDone()
  }
  return (
    <ActionDialog
      title={format(_('Log out of {registry}?'), { registry })}
      action={_('Log out')}
      failed={_('Logout failed')}
      command={commandLine(can.program, 'logout', registry)}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>{format(_('Removes the credentials of {user} from this host.'), { user })}</p>
    </ActionDialog>
  )
}
