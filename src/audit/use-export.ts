import { useCallback } from 'react'

import { EngineError } from '../../engine/errors/index.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { formatMemory } from '../i18n/format.ts'
import { _, format } from '../i18n/gettext.ts'
import { clickDownload, largestInMemory, saveStream } from '../engine/transfers/save-stream.ts'
import { useToasts } from '../ui/toasts.tsx'
import { type AuditFilter, toQuery } from './audit-filter.ts'

/** Downloads all records that match the filter. */
export function useExport(filter: AuditFilter): (kind: 'json' | 'csv') => Promise<void> {
  const { engine, archiveUrl } = useEngine()
  const { success, failure } = useToasts()
  return useCallback(
    async (kind) => {
      const file = `audit-${new Date().toISOString().slice(0, 10)}.${kind === 'csv' ? 'csv' : 'jsonl'}`
      const query = { ...toQuery(filter), format: kind }
      try {
        // Browsers do not show why a download is refused, so errors are found before.
        await engine['audit.list']({ ...toQuery(filter), limit: 1 })
        const url = await archiveUrl('audit.export', query, file)
        if (url !== undefined) clickDownload(url, file)
        else
          await saveStream(
            () => engine['audit.export'](query),
            file,
            () => {},
            tooLarge,
          )
        success(
          url === undefined
            ? format(_('{file} was saved.'), { file })
            : format(_('The browser is downloading {file}.'), { file }),
        )
      } catch (error) {
        failure(_('Failed to export the audit log'), error)
      }
    },
    [engine, archiveUrl, filter, success, failure],
  )
}

const tooLarge = () =>
  new EngineError(
    'TooLarge',
    format(_('The archive exceeds {size}, the limit of this browser. Save it on the host with the command line.'), {
      size: formatMemory(largestInMemory),
    }),
  )
