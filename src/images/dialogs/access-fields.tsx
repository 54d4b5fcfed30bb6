import { _ } from '../../i18n/gettext.ts'
import { CheckField, TextField } from '../../ui/dialogs/fields.tsx'
import type { Access } from '../registries/registry-access.ts'

interface AccessFieldsProps {
  access: Access
  onChange: (access: Access) => void
}

/** Credentials for one transfer, and TLS verification. */
export function AccessFields({ access, onChange }: AccessFieldsProps) {
  return (
    <>
      <CheckField
        label={_('The registry requires a login')}
        value={access.login}
        onChange={(login) => onChange({ ...access, login })}
      />
      {access.login && <Credentials access={access} onChange={onChange} help={_('Used once and not stored.')} />}
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
        error={access.user.includes(':') ? _('A user name cannot contain a colon.') : undefined}
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

/** Whether TLS verification is skipped. */
export function InsecureField({ access, onChange }: AccessFieldsProps) {
  return (
    <CheckField
      label={_('Skip TLS verification')}
      value={!access.verify}
      onChange={(insecure) => onChange({ ...access, verify: !insecure })}
      help={_('Allows plain HTTP and unknown certificates. Only for registries in a trusted network.')}
    />
  )
}
