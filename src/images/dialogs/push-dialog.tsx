import { ClipboardCopy } from '@patternfly/react-core/dist/esm/components/ClipboardCopy'
import { ExpandableSection } from '@patternfly/react-core/dist/esm/components/ExpandableSection'
import { useState } from 'react'

import type { Input } from '../../../engine/contract/index.ts'
import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _, format } from '../../lib/gettext.ts'
import type { Image } from '../../lib/live-data.ts'
import { useStore } from '../../lib/use-store.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { CheckField, SelectField, TextField } from '../../ui/fields.tsx'
import { accessFlags, accessInput, askForLogin, isWhole, plainAccess } from '../access.ts'
import { createTransfer } from '../../lib/transfer.ts'
import { TransferProgress } from '../transfer-progress.tsx'
import { useBackground } from '../use-background.ts'
import { AccessFields } from './access-fields.tsx'

interface PushDialogProps {
  image: Image
  /** The name it is pushed by. */
  reference: string | undefined
  onClose: () => void
}

type Push = Input<'image.push'>

/** How an image is written at the other side. Empty: as it is kept. */
interface Form {
  format: '' | 'oci' | 'v2s2'
  compression: '' | NonNullable<Push['compressionFormat']>
  level: string
  force: boolean
}

const asKept: Form = { format: '', compression: '', level: '', force: false }

/** Sends an image to a registry, and shows the digest it has there. */
export function PushDialog({ image, reference, onClose }: PushDialogProps) {
  const { engine, can } = useEngine()
  const [destination, setDestination] = useState(reference ?? '')
  const [form, setForm] = useState(asKept)
  const [access, setAccess] = useState(plainAccess)
  const [transfer] = useState(() => createTransfer())
  const [phase, setPhase] = useState<'asking' | 'pushing' | 'done'>('asking')
  const name = reference ?? image.Id
  const target = destination.trim()
  const levelError = form.level === '' || /^\d{1,2}$/.test(form.level) ? undefined : _('A level is a number such as 3.')
  const submit = async (signal: AbortSignal) => {
    setPhase('pushing')
    try {
      const input = { name, destination: target, ...formInput(form), ...accessInput(access) }
      const push = image.IsManifestList ? engine['manifest.push'] : engine['image.push']
      await transfer.follow(() => push(input, { signal }))
    } catch (error) {
      setPhase('asking')
      setAccess((old) => askForLogin(old, error))
      throw error
    }
    setPhase('done')
    return 'stay' as const
  }
  const onHide = useBackground(
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
      failed={_('The image was not pushed')}
      disabled={target === '' || /\s/.test(target) || levelError !== undefined || !isWhole(access)}
      command={
        phase === 'asking'
          ? commandLine(can.program, ...(image.IsManifestList ? ['manifest', 'push', '--all'] : ['push']), ...words)
          : undefined
      }
      onSubmit={submit}
      onClose={onClose}
      onHide={onHide}
    >
      {phase !== 'asking' && <TransferProgress state={transfer.state} title={target} push />}
      {phase === 'done' && <Digest transfer={transfer} />}
      {phase === 'asking' && (
        <>
          <TextField
            label={_('Destination')}
            value={destination}
            onChange={setDestination}
            help={_('The registry, the name there and a tag, such as registry.example.org/team/app:2')}
            placeholder="registry/name:tag"
            error={target === '' ? _('Say where it goes.') : undefined}
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
  if (digest === undefined) return <p>{_('It was pushed.')}</p>
  return (
    <div>
      <p>{_('It was pushed. There it has the digest')}</p>
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
  const keep = _('As it is kept')
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
            label={_('Level')}
            value={form.level}
            onChange={(level) => onChange({ ...form, level })}
            error={levelError}
            placeholder={_('The usual')}
          />
        </div>
        <CheckField
          label={_('Compress anew what the registry has in another compression')}
          value={form.force}
          onChange={(force) => onChange({ ...form, force })}
        />
      </div>
    </ExpandableSection>
  )
}
