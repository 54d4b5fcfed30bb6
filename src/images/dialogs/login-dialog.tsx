import { useState } from 'react'

import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { TextField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { type Access, isComplete, defaultAccess } from '../registries/registry-access.ts'
import { Credentials, InsecureField } from './access-fields.tsx'

interface LoginDialogProps {
  registry?: string
  /** Registries that are known. */
  suggestions: readonly string[]
  onDone: () => void
  onClose: () => void
}

/** Logs in to a registry. The credentials are verified there and stored on the host. */
export function LoginDialog({ registry = '', suggestions, onDone, onClose }: LoginDialogProps) {
  const { engine, can } = useEngine()
  const { success } = useToasts()
  const [name, setName] = useState(registry)
  const [access, setAccess] = useState<Access>({ ...defaultAccess, login: true })
  const target = name.trim()
  const error = target === '' || /\s|:\/\//.test(target) ? _('Enter a registry, such as registry.example.org:5000.') : undefined
  const submit = async (signal: AbortSignal) => {
    const { user, password, verify } = access
    const credentials = `${user}:${password}`
    await engine['registry.login']({ registry: target, credentials, ...(verify ? {} : { tlsVerify: false }) }, { signal })
    success(format(_('Logged in to {registry}.'), { registry: target }))
    onDone()
  }
  const flags = [...(access.verify ? [] : ['--tls-verify=false']), '--username', access.user || 'USER']
  return (
    <ActionDialog
      title={_('Log in to a registry')}
      action={_('Log in')}
      variant="medium"
      failed={_('Login failed')}
      disabled={error !== undefined || !isComplete(access) || access.password === ''}
      command={commandLine(can.program, 'login', ...flags, target || 'REGISTRY')}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={_('Registry')}
        value={name}
        onChange={setName}
        error={error}
        help={_('With a path, such as quay.io/team, the login is only used for repositories below it.')}
        placeholder="registry.example.org"
        suggestions={suggestions}
        required
        autoFocus={registry === ''}
      />
      <Credentials
        access={access}
        onChange={setAccess}
        autoFocus={registry !== ''}
        help={_('Stored on the host, in a file that only your account can read.')}
      />
      <InsecureField access={access} onChange={setAccess} />
    </ActionDialog>
  )
}
