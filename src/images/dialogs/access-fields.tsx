import { _ } from '../../lib/gettext.ts'
import { CheckField, TextField } from '../../ui/fields.tsx'
import type { Access } from '../access.ts'

interface AccessFieldsProps {
  access: Access
  onChange: (access: Access) => void
}

/** User name and password for one transfer, and whether an unknown certificate is taken. */
export function AccessFields({ access, onChange }: AccessFieldsProps) {
  return (
    <>
      <CheckField
        label={_('The registry wants a user name and password')}
        value={access.login}
        onChange={(login) => onChange({ ...access, login })}
      />
      {access.login && <Credentials access={access} onChange={onChange} help={_('Used this once, and not kept.')} />}
      <InsecureField access={access} onChange={onChange} />
    </>
  )
}

/** A user name and a password. */
export function Credentials({ access, onChange, help, autoFocus }: AccessFieldsProps & { help?: string; autoFocus?: boolean }) {
  return (
    <div className="berth-columns">
      <TextField
        label={_('User name')}
        value={access.user}
        onChange={(user) => onChange({ ...access, user })}
        error={access.user.includes(':') ? _('A user name has no colon.') : undefined}
        autoFocus={autoFocus}
        required
      />
      <TextField
        label={_('Password or token')}
        value={access.password}
        onChange={(password) => onChange({ ...access, password })}
        type="password"
        autoComplete="new-password"
        help={help}
      />
    </div>
  )
}

/** Whether a registry may be spoken to without knowing that it is the one. */
export function InsecureField({ access, onChange }: AccessFieldsProps) {
  return (
    <CheckField
      label={_('Allow plain HTTP and unknown certificates')}
      value={!access.verify}
      onChange={(insecure) => onChange({ ...access, verify: !insecure })}
      help={_('Only for registries in a network you trust: what comes over it can have been changed on the way.')}
    />
  )
}
