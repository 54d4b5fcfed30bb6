import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Form, FormGroup } from '@patternfly/react-core/dist/esm/components/Form'
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput'
import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react'

import { _ } from '../../i18n/gettext.ts'
import { FieldHelp } from '../../ui/dialogs/fields.tsx'

interface PasswordFormProps {
  busy: boolean
  /** The last attempt was refused. */
  refused: boolean
  onSubmit: (user: string, password: string) => void
}

type Missing = Partial<Record<'user' | 'password', string>>

/** User name and password. What is left empty is said at its field, and nothing is sent. */
export function PasswordForm({ busy, refused, onSubmit }: PasswordFormProps) {
  const user = useRef<HTMLInputElement>(null)
  const password = useRef<HTMLInputElement>(null)
  const [missing, setMissing] = useState<Missing>({})
  useEffect(() => (refused ? password : user).current?.focus(), [refused])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!user.current || !password.current) return
    const empty: Missing = {
      ...(user.current.value.trim() === '' ? { user: _('Enter your user name.') } : {}),
      ...(password.current.value === '' ? { password: _('Enter your password.') } : {}),
    }
    setMissing(empty)
    if (empty.user !== undefined) return user.current.focus()
    if (empty.password !== undefined) return password.current.focus()
    onSubmit(user.current.value, password.current.value)
    password.current.value = ''
  }
  const typed = (field: keyof Missing) => () => {
    if (missing[field] !== undefined) setMissing({ ...missing, [field]: undefined })
  }
  return (
    <Form onSubmit={submit} noValidate>
      <LoginField
        name="user"
        label={_('User name')}
        field={user}
        error={missing.user}
        onType={typed('user')}
        autoComplete="username"
      />
      <LoginField
        name="password"
        label={_('Password')}
        field={password}
        error={missing.password}
        onType={typed('password')}
        autoComplete="current-password"
      />
      <Button type="submit" variant="primary" isBlock isLoading={busy} isDisabled={busy}>
        {_('Log in')}
      </Button>
    </Form>
  )
}

interface LoginFieldProps {
  name: 'user' | 'password'
  label: string
  field: RefObject<HTMLInputElement | null>
  error: string | undefined
  onType: () => void
  autoComplete: string
}

function LoginField({ name, label, field, error, onType, autoComplete }: LoginFieldProps) {
  const id = `login-${name}`
  return (
    <FormGroup label={label} fieldId={id}>
      <TextInput
        ref={field}
        id={id}
        name={name}
        type={name === 'password' ? 'password' : 'text'}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck="false"
        validated={error === undefined ? 'default' : 'error'}
        aria-describedby={error === undefined ? undefined : `${id}-help`}
        onChange={onType}
      />
      <FieldHelp id={`${id}-help`} error={error} />
    </FormGroup>
  )
}
