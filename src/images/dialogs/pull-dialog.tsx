import { useState } from 'react'

import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _, format } from '../../lib/gettext.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { CheckField, TextField } from '../../ui/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { createPull } from '../pull.ts'
import { PullProgress } from '../pull-progress.tsx'

interface Fields {
  reference: string
  verify: boolean
  login: boolean
  user: string
  password: string
}

/** Fetches an image from a registry. Name and password go with this one request and are kept nowhere. */
export function PullDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const { success } = useToasts()
  const [fields, setFields] = useState<Fields>({ reference: '', verify: true, login: false, user: '', password: '' })
  const [pull] = useState(() => createPull())
  const [pulling, setPulling] = useState(false)
  const reference = fields.reference.trim()
  const error =
    reference === ''
      ? _('Give the name of an image.')
      : /\s/.test(reference)
        ? _('The name of an image has no spaces.')
        : undefined
  const submit = async (signal: AbortSignal) => {
    setPulling(true)
    try {
      await pull.run(engine, pullInput(fields), signal)
      await data.images.refresh()
      success(format(_('{name} was pulled.'), { name: reference }))
    } finally {
      setPulling(false)
    }
  }
  const flags = [...(fields.verify ? [] : ['--tls-verify=false']), ...(fields.login ? ['--creds', fields.user || 'USER'] : [])]
  return (
    <ActionDialog
      title={_('Pull an image')}
      action={_('Pull')}
      variant="medium"
      failed={_('The image was not pulled')}
      disabled={error !== undefined || (fields.login && fields.user === '')}
      command={pulling ? undefined : commandLine(can.program, 'pull', ...flags, reference || 'IMAGE')}
      onSubmit={submit}
      onClose={onClose}
    >
      {pulling ? (
        <PullProgress state={pull.state} title={reference} />
      ) : (
        <PullFields fields={fields} error={error} onChange={(change) => setFields({ ...fields, ...change })} />
      )}
    </ActionDialog>
  )
}

function pullInput({ reference, verify, login, user, password }: Fields) {
  return {
    reference: reference.trim(),
    policy: 'always' as const,
    ...(verify ? {} : { tlsVerify: false }),
    ...(login ? { credentials: `${user}:${password}` } : {}),
  }
}

function PullFields({
  fields,
  error,
  onChange,
}: {
  fields: Fields
  error: string | undefined
  onChange: (change: Partial<Fields>) => void
}) {
  return (
    <>
      <TextField
        label={_('Image')}
        value={fields.reference}
        onChange={(reference) => onChange({ reference })}
        error={error}
        help={_('With the registry it comes from, such as docker.io/library/nginx:1.29')}
        placeholder="registry/name:tag"
        required
        autoFocus
      />
      <CheckField
        label={_('The registry wants a user name and password')}
        value={fields.login}
        onChange={(login) => onChange({ login })}
      />
      {fields.login && (
        <div className="berth-columns">
          <TextField label={_('User name')} value={fields.user} onChange={(user) => onChange({ user })} required />
          <TextField
            label={_('Password or token')}
            value={fields.password}
            onChange={(password) => onChange({ password })}
            type="password"
            autoComplete="new-password"
            help={_('Used for this pull, and not kept.')}
          />
        </div>
      )}
      <CheckField
        label={_('Allow plain HTTP and unknown certificates')}
        value={!fields.verify}
        onChange={(insecure) => onChange({ verify: !insecure })}
        help={_('Only for registries in a network you trust: what comes over it can have been changed on the way.')}
      />
    </>
  )
}
