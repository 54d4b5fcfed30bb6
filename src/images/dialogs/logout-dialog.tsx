import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _, format } from '../../lib/gettext.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'

interface LogoutDialogProps {
  registry: string
  user: string
  onDone: () => void
  onClose: () => void
}

/** Forgets the login at a registry. */
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
      failed={_('You are still logged in')}
      command={commandLine(can.program, 'logout', registry)}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>{format(_('The login of {user} is forgotten on this host.'), { user })}</p>
    </ActionDialog>
  )
}
