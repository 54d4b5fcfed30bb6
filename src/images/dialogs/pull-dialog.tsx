import { type ReactNode, useState } from 'react'

import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { checkFields, requestOf, wordsOf } from '../../engine/fields/field.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { SelectField, TextField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { type Access, requireLogin, isComplete, defaultAccess } from '../registries/registry-access.ts'
import { splitReference } from '../image-rows.ts'
import { runTransfer } from '../../engine/tasks/run-transfer.ts'
import { createTransfer } from '../../engine/transfers/transfer.ts'
import { useRegistryTags } from '../registries/use-registry-search.ts'
import { TransferProgress } from '../../ui/transfers/transfer-progress.tsx'
import { useBackground } from '../transfers/use-background.ts'
import { AccessFields } from './access-fields.tsx'
import { pullFields, referenceOf } from './pull-fields.ts'
import { SearchResults } from './search-results.tsx'

interface PullDialogProps {
  /** The initial name: an image to pull again. */
  image?: string
  onClose: () => void
}

const platforms = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/ppc64le', 'linux/riscv64', 'linux/s390x', 'linux/386']

/** Pulls an image. Credentials are used for this request only and not stored. */
export function PullDialog({ image = '', onClose }: PullDialogProps) {
  const context = useEngine()
  const { data, can } = context
  const { success } = useToasts()
  const [text, setText] = useState(image)
  const [platform, setPlatform] = useState('')
  const [access, setAccess] = useState(defaultAccess)
  const [transfer] = useState(() => createTransfer())
  const [pulling, setPulling] = useState(false)
  const draft = { reference: text, platform, access }
  const reference = referenceOf(text)
  const error = checkFields(pullFields, draft).reference
  const submit = async (signal: AbortSignal) => {
    setPulling(true)
    try {
      const input = { reference, policy: 'always', ...requestOf(pullFields, draft) }
      await runTransfer(context, 'image.pull', input, transfer, signal)
      data.updates.forget(reference)
      await data.images.refresh()
      success(format(_('{name} was pulled.'), { name: reference }))
    } catch (error) {
      setAccess((old) => requireLogin(old, error))
      throw error
    } finally {
      setPulling(false)
    }
  }
  const onDetach = useBackground(format(_('Pulling {name}'), { name: reference }), transfer.state)
  return (
    <ActionDialog
      title={image === '' ? _('Pull image') : _('Pull image again')}
      action={_('Pull')}
      variant="medium"
      failed={_('Failed to pull the image')}
      disabled={error !== undefined || !isComplete(access)}
      command={pulling ? undefined : commandLine(can.program, 'pull', ...wordsOf(pullFields, draft))}
      onSubmit={submit}
      onClose={onClose}
      onDetach={onDetach}
    >
      {pulling ? (
        <TransferProgress state={transfer.state} title={reference} />
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

interface NameFieldsProps {
  text: string
  /** A name that is not searched for. */
  chosen: string
  onText: (text: string) => void
  error: string | undefined
  access: Access
  children: ReactNode
}

/** The image name with search results and tags. */
function NameFields({ text, chosen, onText, error, access: { verify }, children }: NameFieldsProps) {
  const [taken, setTaken] = useState(chosen)
  const { name, tag } = splitReference(text.trim())
  const tags = useRegistryTags(text, verify).value
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
        help={_('Search terms, or an image name with its registry, such as docker.io/library/nginx:1.29')}
        placeholder="registry/name:tag"
        required
        autoFocus
      />
      {text.trim() !== taken && <SearchResults reference={text} verify={verify} onChoose={take} />}
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
  count === undefined ? undefined : ngettext('{n} tag in the registry', '{n} tags in the registry', count)

function PlatformField({ value, onChange }: { value: string; onChange: (platform: string) => void }) {
  const { info } = useEngine()
  return (
    <SelectField
      label={_('Platform')}
      value={value}
      onChange={onChange}
      options={[
        ['', format(_('Platform of this host ({platform})'), { platform: info.version.OsArch })],
        ...platforms.filter((each) => each !== info.version.OsArch).map((each) => [each, each] as const),
      ]}
    />
  )
}
