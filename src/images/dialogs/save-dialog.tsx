import { Progress } from '@patternfly/react-core/dist/esm/components/Progress'
import { useCallback, useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { commandLine } from '../../lib/command-line.ts'
import { type EngineContextValue, useEngine } from '../../lib/engine-context.tsx'
import { formatMemory, formatSize } from '../../lib/format.ts'
import { _, format, ngettext } from '../../lib/gettext.ts'
import { clickDownload, largestInMemory, saveStream, streamWay } from '../../lib/save-stream.ts'
import { useCall } from '../../lib/use-call.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { SelectField } from '../../ui/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { shownName } from '../image-rows.ts'

type Format = 'docker-archive' | 'oci-archive'

interface SaveDialogProps {
  /** Names, or ids of those that have none. */
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

/** Saves images as an archive onto the disk of whoever looks at the page. */
export function SaveDialog({ references, size, onClose }: SaveDialogProps) {
  const context = useEngine()
  const { success } = useToasts()
  const [kind, setKind] = useState<Format>('docker-archive')
  const [bytes, setBytes] = useState<number>()
  const fileName = archiveName(references, kind)
  const many = references.length > 1
  const { archiveUrl, can } = context
  const find = useCallback(() => urlOf(archiveUrl, references, kind), [archiveUrl, references, kind])
  const { value: url, error } = useCall(find)
  const byPage = url === '' || error !== undefined
  const submit = async (signal: AbortSignal) => {
    await checkAll(context, references, signal)
    if (url) clickDownload(url, fileName)
    else await saveStream(() => open(context, references, kind, signal), fileName, setBytes, tooLarge)
    success(url ? format(_('The browser saves {file}.'), { file: fileName }) : format(_('{file} is saved.'), { file: fileName }))
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
      failed={_('The archive was not saved')}
      disabled={url === undefined && error === undefined}
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
          ['docker-archive', _('Docker archive, which any engine loads')],
          ['oci-archive', _('OCI archive, with compressed layers')],
        ]}
      />
      <p className="berth-quiet">
        {format(_('It is saved as {file}. Unpacked the layers have {size}.'), { file: fileName, size: formatSize(size) })}
      </p>
      {byPage && streamWay() === 'memory' && (
        <p>
          {format(_('This browser holds the whole archive in memory before it saves it, so it may have {size} at most.'), {
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

/** A browser says little about a download that is refused: what can be known before is. */
async function checkAll({ engine }: EngineContextValue, references: readonly string[], signal: AbortSignal): Promise<void> {
  for (const name of references) await engine['image.exists']({ name }, { signal })
}

const tooLarge = () =>
  new EngineError(
    'TooLarge',
    format(_('The archive is larger than {size}, the most this browser can hold. Save it on the host with the command line.'), {
      size: formatMemory(largestInMemory),
    }),
  )
