import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { FormGroup } from '@patternfly/react-core/dist/esm/components/Form'
import { TextArea } from '@patternfly/react-core/dist/esm/components/TextArea'
import { useId, useRef, useState } from 'react'

import { checkSecretName, checkSecretSize } from '../../../engine/spec/secret.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { problemIn } from '../../i18n/problem.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { FieldHelp, TextField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'

interface CreateSecretDialogProps {
  /** The secret that gets another value. */
  replace?: string
  onClose: () => void
}

/** Creates a secret, or gives it another value. What was entered is never shown again. */
export function CreateSecretDialog({ replace, onClose }: CreateSecretDialogProps) {
  const { engine, data, can } = useEngine()
  const { success } = useToasts()
  const [name, setName] = useState(replace ?? '')
  const [value, setValue] = useState<Uint8Array | string>('')
  const taken = (useStore(data.secrets).items ?? []).some(({ Spec }) => Spec.Name === name)
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  const nameError =
    problemIn(() => checkSecretName(name)) ??
    (taken && replace === undefined ? _('A secret with this name already exists.') : undefined)
  const valueError = problemIn(() => checkSecretSize(bytes.length))
  const submit = async (signal: AbortSignal) => {
    await engine['secret.create']({ name, replace: replace !== undefined, body: once(bytes) }, { signal })
    await data.secrets.refresh()
    success(
      replace === undefined
        ? format(_('Secret {name} was created.'), { name })
        : format(_('Secret {name} has its new value.'), { name }),
    )
  }
  return (
    <ActionDialog
      title={replace === undefined ? _('Create secret') : format(_('Replace the value of {name}'), { name: replace })}
      description={
        replace === undefined
          ? _('Containers get it as a file below /run/secrets, or as a variable. Its value is not shown again.')
          : _('Containers that have it as a file keep the value that they were created with.')
      }
      action={replace === undefined ? _('Create') : _('Replace')}
      variant="medium"
      failed={_('Failed to store the secret')}
      disabled={nameError !== undefined || valueError !== undefined}
      command={commandLine(can.program, 'secret', 'create', ...(replace === undefined ? [] : ['--replace']), name || 'NAME', '-')}
      onSubmit={submit}
      onClose={onClose}
    >
      {replace === undefined && (
        <TextField
          label={_('Name')}
          value={name}
          onChange={setName}
          error={nameError}
          placeholder="db-password"
          required
          autoFocus
        />
      )}
      <ValueField value={value} onChange={setValue} error={bytes.length === 0 ? undefined : valueError} />
    </ActionDialog>
  )
}

interface ValueFieldProps {
  /** Text that was entered, or the bytes of a file. */
  value: Uint8Array | string
  onChange: (value: Uint8Array | string) => void
  error: string | undefined
}

function ValueField({ value, onChange, error }: ValueFieldProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<string>()
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return
    setFile(chosen.name)
    onChange(new Uint8Array(await chosen.arrayBuffer()))
  }
  return (
    <FormGroup label={_('Value')} fieldId={id} isRequired>
      {file === undefined ? (
        <TextArea
          id={id}
          className="berth-secret-value"
          value={typeof value === 'string' ? value : ''}
          onChange={(_event, text) => onChange(text)}
          autoComplete="off"
          spellCheck="false"
          rows={3}
          resizeOrientation="vertical"
          aria-describedby={`${id}-help`}
        />
      ) : (
        <p id={id}>
          {format(_('The content of {file}'), { file })}{' '}
          <Button
            variant="link"
            isInline
            onClick={() => {
              setFile(undefined)
              onChange('')
            }}
          >
            {_('Enter text instead')}
          </Button>
        </p>
      )}
      <FieldHelp
        id={`${id}-help`}
        error={error}
        help={
          <>
            {_('Exactly as entered, without a line break at the end.')}{' '}
            <Button variant="link" isInline onClick={() => input.current?.click()}>
              {_('Choose a file…')}
            </Button>
          </>
        }
      />
      <input
        ref={input}
        type="file"
        hidden
        aria-label={_('File with the value')}
        onChange={(event) => void choose(event.target.files?.[0])}
      />
    </FormGroup>
  )
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}
