import { useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { checkFields, isSound, requestOf, wordsOf } from '../../engine/fields/field.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { SelectField, TextField } from '../../ui/dialogs/fields.tsx'
import { LabelsField } from '../../ui/dialogs/labels-field.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { emptyVolumeDraft, type VolumeDraft, volumeFields, type VolumeKind } from './volume-fields.ts'

/** Creates a volume. */
export function CreateVolumeDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const { success } = useToasts()
  const [draft, setDraft] = useState(emptyVolumeDraft)
  const change = (part: Partial<VolumeDraft>) => setDraft((old) => ({ ...old, ...part }))
  const errors = checkFields(volumeFields, draft)
  const submit = async (signal: AbortSignal) => {
    const { Name } = await engine['volume.create']({ body: requestOf(volumeFields, draft) }, { signal })
    await data.volumes.refresh()
    success(format(_('Volume {name} was created.'), { name: Name }))
  }
  return (
    <ActionDialog
      title={_('Create volume')}
      action={_('Create')}
      variant="medium"
      failed={_('Failed to create the volume')}
      disabled={!isSound(errors)}
      command={commandLine(can.program, 'volume', 'create', ...wordsOf(volumeFields, draft))}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={_('Name')}
        value={draft.name}
        onChange={(name) => change({ name })}
        error={errors.name}
        help={_('Generated if empty.')}
        placeholder="data"
        autoFocus
      />
      <KindFields draft={draft} error={errors.kind} onChange={change} />
      <LabelsField rows={draft.labels} errors={errors.labels ?? []} onChange={(labels) => change({ labels })} />
    </ActionDialog>
  )
}

const optionExamples: Record<VolumeKind, string> = {
  plain: 'uid=1000,gid=1000',
  bind: 'ro',
  tmpfs: 'size=64m,mode=0700',
  mount: 'addr=192.0.2.1,ro',
  image: '',
}

interface KindFieldsProps {
  draft: VolumeDraft
  error: string | undefined
  onChange: (part: Partial<VolumeDraft>) => void
}

/** What the volume shows, and what belongs to that. */
function KindFields({ draft, error, onChange }: KindFieldsProps) {
  const { data } = useEngine()
  const images = useStore(data.images).items ?? []
  const { kind, device, type, options, image } = draft
  const help: Record<VolumeKind, string> = {
    plain: _('The files are kept in the store. At its first use, an empty volume gets the files of the image.'),
    bind: _('The files are those of a folder of the host.'),
    tmpfs: _('The files are in memory, and gone when the last container that uses them ends.'),
    mount: _('What is mounted at the first use and unmounted after the last, such as a share of a server.'),
    image: _('The files are those of an image; what is changed is kept in the volume.'),
  }
  return (
    <>
      <SelectField
        label={_('Content')}
        value={kind}
        onChange={(next) => onChange({ kind: next, options: '' })}
        options={[
          ['plain', _('Files in the store')],
          ['bind', _('Host path')],
          ['tmpfs', _('Memory (tmpfs)')],
          ['mount', _('Other file system')],
          ['image', _('Image')],
        ]}
        help={help[kind]}
      />
      {kind === 'mount' && (
        <TextField
          label={_('File system type')}
          value={type}
          onChange={(next) => onChange({ type: next })}
          suggestions={['nfs', 'nfs4', 'cifs', 'ext4', 'xfs', 'btrfs']}
          required
        />
      )}
      {(kind === 'bind' || kind === 'mount') && (
        <TextField
          label={kind === 'bind' ? _('Host path') : _('Device')}
          value={device}
          onChange={(next) => onChange({ device: next })}
          placeholder={kind === 'bind' ? '/srv/data' : 'server:/export'}
          error={error}
          required
        />
      )}
      {kind === 'image' && (
        <TextField
          label={_('Image')}
          value={image}
          onChange={(next) => onChange({ image: next })}
          suggestions={images.flatMap(({ RepoTags }) => RepoTags ?? [])}
          error={error}
          required
        />
      )}
      {kind !== 'image' && (
        <TextField
          label={_('Mount options')}
          value={options}
          onChange={(next) => onChange({ options: next.trim() })}
          placeholder={optionExamples[kind]}
          error={kind === 'plain' || kind === 'tmpfs' ? error : undefined}
        />
      )}
    </>
  )
}
