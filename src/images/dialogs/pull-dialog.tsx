import { type ReactNode, useState } from 'react'

import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _, format, ngettext } from '../../lib/gettext.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { SelectField, TextField } from '../../ui/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { type Access, accessFlags, accessInput, askForLogin, isWhole, plainAccess } from '../access.ts'
import { splitReference } from '../image-rows.ts'
import { createPull } from '../pull.ts'
import { useRemoteTags } from '../remote-names.ts'
import { TransferProgress } from '../transfer-progress.tsx'
import { useBackground } from '../use-background.ts'
import { AccessFields } from './access-fields.tsx'
import { Finds } from './finds.tsx'

interface PullDialogProps {
  /** The name it begins with: an image that is here, to be fetched anew. */
  image?: string
  onClose: () => void
}

const platforms = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/ppc64le', 'linux/riscv64', 'linux/s390x', 'linux/386']

/** Fetches an image from a registry. Name and password go with this one request and are kept nowhere. */
export function PullDialog({ image = '', onClose }: PullDialogProps) {
  const { engine, data, can } = useEngine()
  const { success } = useToasts()
  const [text, setText] = useState(image)
  const [platform, setPlatform] = useState('')
  const [access, setAccess] = useState(plainAccess)
  const [pull] = useState(() => createPull())
  const [pulling, setPulling] = useState(false)
  // As other tools' documents write it.
  const reference = text.trim().replace(/^docker:\/\//, '')
  const error = referenceError(reference)
  const submit = async (signal: AbortSignal) => {
    setPulling(true)
    try {
      await pull.run(engine, { reference, policy: 'always', ...platformInput(platform), ...accessInput(access) }, signal)
      data.updates.forget(reference)
      await data.images.refresh()
      success(format(_('{name} was pulled.'), { name: reference }))
    } catch (error) {
      setAccess((old) => askForLogin(old, error))
      throw error
    } finally {
      setPulling(false)
    }
  }
  const onHide = useBackground(format(_('Pulling {name}'), { name: reference }), pull.state)
  const flags = [...(platform === '' ? [] : ['--platform', platform]), ...accessFlags(access)]
  return (
    <ActionDialog
      title={image === '' ? _('Pull an image') : _('Pull the image anew')}
      action={_('Pull')}
      variant="medium"
      failed={_('The image was not pulled')}
      disabled={error !== undefined || !isWhole(access)}
      command={pulling ? undefined : commandLine(can.program, 'pull', ...flags, reference || 'IMAGE')}
      onSubmit={submit}
      onClose={onClose}
      onHide={onHide}
    >
      {pulling ? (
        <TransferProgress state={pull.state} title={reference} />
      ) : (
        <>
          <NameFields text={text} chosen={image} onText={setText} error={error} access={access}>
            <PlatformField value={platform} onChange={setPlatform} />
          </NameFields>
          <AccessFields access={access} onChange={setAccess} />
        </>
      )}
    </ActionDialog>
  )
}

function referenceError(reference: string): string | undefined {
  if (reference === '') return _('Give the name of an image.')
  if (reference.includes('//')) return _('Only images at registries can be pulled here.')
  return /\s/.test(reference) ? _('The name of an image has no spaces.') : undefined
}

function platformInput(platform: string) {
  const [OS, Arch, Variant] = platform.split('/')
  return platform === '' ? {} : { OS, Arch, ...(Variant === undefined ? {} : { Variant }) }
}

interface NameFieldsProps {
  text: string
  /** What needs no searching. */
  chosen: string
  onText: (text: string) => void
  error: string | undefined
  access: Access
  children: ReactNode
}

/** The name, what registries find for it, and its tags as choices. */
function NameFields({ text, chosen, onText, error, access: { verify }, children }: NameFieldsProps) {
  const [taken, setTaken] = useState(chosen)
  const { name, tag } = splitReference(text.trim())
  const tags = useRemoteTags(text, verify).value
  const take = (found: string) => {
    setTaken(found)
    onText(found)
  }
  return (
    <>
      <TextField
        label={_('Image')}
        value={text}
        onChange={onText}
        error={error}
        help={_('Words to search for, or a name with its registry, such as docker.io/library/nginx:1.29')}
        placeholder="registry/name:tag"
        required
        autoFocus
      />
      {text.trim() !== taken && <Finds reference={text} verify={verify} onChoose={take} />}
      <div className="berth-columns">
        {!text.includes('@') && (
          <TextField
            label={_('Tag')}
            value={tag}
            onChange={(next) => {
              setTaken(next === '' ? name : `${name}:${next}`)
              onText(next === '' ? name : `${name}:${next}`)
            }}
            placeholder="latest"
            suggestions={tags ?? []}
            help={tagHelp(tags?.length)}
          />
        )}
        {children}
      </div>
    </>
  )
}

const tagHelp = (count: number | undefined): string | undefined =>
  count === undefined
    ? undefined
    : ngettext('The registry has {n} tag to choose.', 'The registry has {n} tags to choose from.', count)

function PlatformField({ value, onChange }: { value: string; onChange: (platform: string) => void }) {
  const { info } = useEngine()
  return (
    <SelectField
      label={_('Platform')}
      value={value}
      onChange={onChange}
      options={[
        ['', format(_("This host's ({platform})"), { platform: info.version.OsArch })],
        ...platforms.filter((each) => each !== info.version.OsArch).map((each) => [each, each] as const),
      ]}
    />
  )
}
