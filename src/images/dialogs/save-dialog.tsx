import { Progress } from '@patternfly/react-core/dist/esm/components/Progress'
import { useCallback, useState } from 'react'

import { commandLine } from '../../ui/command-line/shell-words.ts'
import { type EngineContextValue, useEngine } from '../../engine/engine-context.tsx'
import { formatMemory, formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { clickDownload, largestInMemory, saveStream, saveTarget } from '../../engine/transfers/save-stream.ts'
import { tooLargeFor } from '../../engine/transfers/too-large.ts'
import { useCall } from '../../hooks/use-call.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { SelectField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { shownName } from '../image-rows.ts'

type Format = 'docker-archive' | 'oci-archive'

interface SaveDialogProps {
  /** Names, or ids of images without a name. */
  references: readonly string[]
  /** Bytes of the images, together. */
  size: number
  onClose: () => void
}

/** The name of an archive of these images. */
export function archiveName(references: readonly string[], kind: Format): string {
  const [first = 'images'] = references
  const base = references.length > 1 ? 'images' : shownName(first.slice(first.lastIndexOf('/') + 1))
  return `${base.replace(/[^\w.-]+/g, '-')}${kind === 'oci-archive' ? '.oci' : ''}.tar`
}

/** Downloads images as an archive. */
export function SaveDialog({ references, size, onClose }: SaveDialogProps) {
  const context = useEngine()
  const { success } = useToasts()
  const [kind, setKind] = useState<Format>('docker-archive')
  const [bytes, setBytes] = useState<number>()
  const fileName = archiveName(references, kind)
  const many = references.length > 1
  const { archiveUrl, can } = context
  const find = useCallback(() => urlOf(archiveUrl, references, kind), [archiveUrl, references, kind])
  const { value: foundUrl, error } = useCall(find)
  const throughPage = foundUrl === '' || error !== undefined
  const submit = async (signal: AbortSignal) => {
    await checkAll(context, references, signal)
    // The URL is valid once and for a short time.
    const url = throughPage ? '' : await find()
    if (url) clickDownload(url, fileName)
    else await saveStream(() => open(context, references, kind, signal), fileName, setBytes, tooLargeFor)
    success(
      url
        ? format(_('The browser is downloading {file}.'), { file: fileName })
        : format(_('{file} was saved.'), { file: fileName }),
    )
  }
  const flags = [...(kind === 'docker-archive' ? [] : ['--format', kind]), ...(many && kind === 'docker-archive' ? ['-m'] : [])]
  return (
    <ActionDialog
      title={
        many
          ? ngettext('Save {n} image', 'Save {n} images', references.length)
          : format(_('Save {name}'), { name: shownName(references[0]!) })
      }
      action={_('Save')}
      failed={_('Failed to save the archive')}
      disabled={foundUrl === undefined && error === undefined}
      command={commandLine(can.program, 'save', ...flags, '-o', fileName, ...references.map(shownName))}
      onSubmit={submit}
      onClose={onClose}
    >
      {bytes !== undefined && (
        <Progress aria-label={fileName} title={fileName} value={Math.min(100, (bytes / size) * 100)} label={formatSize(bytes)} />
      )}
      <SelectField
        label={_('Format')}
        value={kind}
        onChange={setKind}
        options={[
          ['docker-archive', _('Docker archive')],
          ['oci-archive', _('OCI archive')],
        ]}
      />
      <p className="berth-quiet">
        {format(_('Saved as {file}. Uncompressed size of the layers: {size}.'), { file: fileName, size: formatSize(size) })}
      </p>
      {throughPage && saveTarget() === 'memory' && (
        <p>
          {format(_('This browser holds the archive in memory until it is saved: the limit is {size}.'), {
            size: formatMemory(largestInMemory),
          })}
        </p>
      )}
    </ActionDialog>
  )
}

const urlOf = async (archiveUrl: EngineContextValue['archiveUrl'], references: readonly string[], kind: Format) => {
  const fileName = archiveName(references, kind)
  const one = references.length === 1
  const url = one
    ? await archiveUrl('image.get', { name: references[0]!, format: kind }, fileName)
    : await archiveUrl('image.export', { references: [...references], format: kind }, fileName)
  return url ?? ''
}

const open = (
  { engine }: EngineContextValue,
  references: readonly string[],
  kind: Format,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> =>
  references.length === 1
    ? engine['image.get']({ name: references[0]!, format: kind }, { signal })
    : engine['image.export']({ references: [...references], format: kind }, { signal })

/** Browsers do not show why a download is refused, so missing images are found before. */
async function checkAll({ engine }: EngineContextValue, references: readonly string[], signal: AbortSignal): Promise<void> {
  for (const name of references) await engine['image.exists']({ name }, { signal })
}
