import { useState } from 'react'

import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _, format } from '../../lib/gettext.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { type Access, isWhole, plainAccess } from '../access.ts'
import { Credentials, InsecureField } from './access-fields.tsx'

interface LoginDialogProps {
  registry?: string
  /** Registries that are known. */
  suggestions: readonly string[]
  onDone: () => void
  onClose: () => void
}

/** Logs in to a registry: the login is checked there first, and kept on the host for pulls and pushes. */
export function LoginDialog({ registry = '', suggestions, onDone, onClose }: LoginDialogProps) {
  const { engine, can } = useEngine()
  const { success } = useToasts()
  const [name, setName] = useState(registry)
  const [access, setAccess] = useState<Access>({ ...plainAccess, login: true })
  const target = name.trim()
  const error = target === '' || /\s|:\/\//.test(target) ? _('Give its name, such as registry.example.org:5000.') : undefined
  const submit = async (signal: AbortSignal) => {
    const { user, password, verify } = access
    const credentials = `${user}:${password}`
    await engine['registry.login']({ registry: target, credentials, ...(verify ? {} : { tlsVerify: false }) }, { signal })
    success(format(_('You are logged in at {registry}.'), { registry: target }))
    onDone()
  }
  const flags = [...(access.verify ? [] : ['--tls-verify=false']), '--username', access.user || 'USER']
  return (
    <ActionDialog
      title={_('Log in to a registry')}
      action={_('Log in')}
      variant="medium"
      failed={_('You are not logged in')}
      disabled={error !== undefined || !isWhole(access) || access.password === ''}
      command={commandLine(can.program, 'login', ...flags, target || 'REGISTRY')}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={_('Registry')}
        value={name}
        onChange={setName}
        error={error}
        help={_('A name below it, such as quay.io/team, keeps a login for that part alone.')}
        placeholder="registry.example.org"
        suggestions={suggestions}
        required
        autoFocus={registry === ''}
      />
      <Credentials
        access={access}
        onChange={setAccess}
        autoFocus={registry !== ''}
        help={_('Kept on the host, in a file that only your account can read.')}
      />
      <InsecureField access={access} onChange={setAccess} />
    </ActionDialog>
  )
}
