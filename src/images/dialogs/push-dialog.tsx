import { ClipboardCopy } from '@patternfly/react-core/dist/esm/components/ClipboardCopy'
import { ExpandableSection } from '@patternfly/react-core/dist/esm/components/ExpandableSection'
import { useState } from 'react'

import type { Input } from '../../../engine/contract/index.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { useStore } from '../../hooks/use-store.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField, SelectField, TextField } from '../../ui/dialogs/fields.tsx'
import { accessFlags, accessInput, requireLogin, isComplete, defaultAccess } from '../registries/registry-access.ts'
import { runTransfer } from '../../engine/tasks/run-transfer.ts'
import { createTransfer } from '../../engine/transfers/transfer.ts'
import { TransferProgress } from '../../ui/transfers/transfer-progress.tsx'
import { useBackground } from '../transfers/use-background.ts'
import { AccessFields } from './access-fields.tsx'

interface PushDialogProps {
  image: Image
  /** The name it is pushed by. */
  reference: string | undefined
  onClose: () => void
}

type Push = Input<'image.push'>

/** The format of the pushed image. Empty: as stored. */
interface Form {
  format: '' | 'oci' | 'v2s2'
  compression: '' | NonNullable<Push['compressionFormat']>
  level: string
  force: boolean
}

const asKept: Form = { format: '', compression: '', level: '', force: false }

/** Pushes an image, and shows its digest in the registry. */
export function PushDialog({ image, reference, onClose }: PushDialogProps) {
  const context = useEngine()
  const { can } = context
  const [destination, setDestination] = useState(reference ?? '')
  const [form, setForm] = useState(asKept)
  const [access, setAccess] = useState(defaultAccess)
  const [transfer] = useState(() => createTransfer())
  const [phase, setPhase] = useState<'asking' | 'pushing' | 'done'>('asking')
  const name = reference ?? image.Id
  const target = destination.trim()
  const levelError = form.level === '' || /^\d{1,2}$/.test(form.level) ? undefined : _('Enter a number, such as 3.')
  const submit = async (signal: AbortSignal) => {
    setPhase('pushing')
    try {
      const input = { name, destination: target, ...formInput(form), ...accessInput(access) }
      await runTransfer(context, image.IsManifestList ? 'manifest.push' : 'image.push', input, transfer, signal)
    } catch (error) {
      setPhase('asking')
      setAccess((old) => requireLogin(old, error))
      throw error
    }
    setPhase('done')
    return 'stay' as const
  }
  const onDetach = useBackground(
    format(_('Pushing {name}'), { name: target }),
    transfer.state,
    format(_('{name} was pushed.'), { name: target }),
  )
  const words = [...formFlags(form), ...accessFlags(access), name, ...(target === name ? [] : [target || 'DESTINATION'])]
  return (
    <ActionDialog
      title={format(_('Push {name}'), { name: reference ?? image.Id.slice(0, 12) })}
      action={_('Push')}
      variant="medium"
      failed={_('Failed to push the image')}
      disabled={target === '' || /\s/.test(target) || levelError !== undefined || !isComplete(access)}
      command={
        phase === 'asking'
          ? commandLine(can.program, ...(image.IsManifestList ? ['manifest', 'push', '--all'] : ['push']), ...words)
          : undefined
      }
      onSubmit={submit}
      onClose={onClose}
      onDetach={onDetach}
    >
      {phase !== 'asking' && <TransferProgress state={transfer.state} title={target} />}
      {phase === 'done' && <Digest transfer={transfer} />}
      {phase === 'asking' && (
        <>
          <TextField
            label={_('Destination')}
            value={destination}
            onChange={setDestination}
            help={_('Registry, name and tag, such as registry.example.org/team/app:2')}
            placeholder="registry/name:tag"
            error={target === '' ? _('Enter a destination.') : undefined}
            required
            autoFocus
          />
          <AccessFields access={access} onChange={setAccess} />
          <Advanced form={form} levelError={levelError} onChange={setForm} />
        </>
      )}
    </ActionDialog>
  )
}

const formInput = ({ format: kind, compression, level, force }: Form) => ({
  ...(kind === '' ? {} : { format: kind }),
  ...(compression === '' ? {} : { compressionFormat: compression }),
  ...(level === '' ? {} : { compressionLevel: Number(level) }),
  ...(force ? { forceCompressionFormat: true } : {}),
})

const formFlags = ({ format: kind, compression, level, force }: Form): string[] => [
  ...(kind === '' ? [] : ['--format', kind]),
  ...(compression === '' ? [] : ['--compression-format', compression]),
  ...(level === '' ? [] : ['--compression-level', level]),
  ...(force ? ['--force-compression'] : []),
]

function Digest({ transfer }: { transfer: ReturnType<typeof createTransfer> }) {
  const { digest } = useStore(transfer.state)
  if (digest === undefined) return <p>{_('The image was pushed.')}</p>
  return (
    <div>
      <p>{_('The image was pushed with the digest')}</p>
      <ClipboardCopy isReadOnly isCode hoverTip={_('Copy')} clickTip={_('Copied')} textAriaLabel={_('Digest')}>
        {digest}
      </ClipboardCopy>
    </div>
  )
}

interface AdvancedProps {
  form: Form
  levelError: string | undefined
  onChange: (form: Form) => void
}

function Advanced({ form, levelError, onChange }: AdvancedProps) {
  const keep = _('As stored')
  return (
    <ExpandableSection toggleText={_('Advanced')} className="berth-advanced">
      <div className="berth-dialog-form">
        <div className="berth-columns">
          <SelectField
            label={_('Format')}
            value={form.format}
            onChange={(kind) => onChange({ ...form, format: kind })}
            options={[
              ['', keep],
              ['oci', 'OCI'],
              ['v2s2', 'Docker (v2, schema 2)'],
            ]}
          />
          <SelectField
            label={_('Compression')}
            value={form.compression}
            onChange={(compression) => onChange({ ...form, compression })}
            options={[
              ['', keep],
              ['gzip', 'gzip'],
              ['zstd', 'zstd'],
              ['zstd:chunked', 'zstd:chunked'],
            ]}
          />
          <TextField
            label={_('Compression level')}
            value={form.level}
            onChange={(level) => onChange({ ...form, level })}
            error={levelError}
            placeholder={_('Default')}
          />
        </div>
        <CheckField
          label={_('Force the compression format')}
          value={form.force}
          onChange={(force) => onChange({ ...form, force })}
        />
      </div>
    </ExpandableSection>
  )
}
