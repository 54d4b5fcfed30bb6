import { useMemo } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { type EngineContextValue, useEngine } from '../../engine/engine-context.tsx'
import { clickDownload, saveStream } from '../../engine/transfers/save-stream.ts'
import { _ } from '../../i18n/gettext.ts'
import type { DownloadOptions, LogDownloader } from './log-download.tsx'

/** Downloads a container's log: by the browser itself from a host with our engine, through the page from one with Podman. */
export function useContainerDownload(id: string): LogDownloader {
  const context = useEngine()
  return useMemo(
    () => ({
      gzip: context.can.does('container.logExport'),
      start: async (options, fileName) => start(context, { name: id, ...options }, fileName),
    }),
    [context, id],
  )
}

async function start(
  { engine, archiveUrl, can }: EngineContextValue,
  request: DownloadOptions & { name: string },
  fileName: string,
): Promise<void> {
  const ours = can.does('container.logExport')
  const url = ours ? await archiveUrl('container.logExport', request, fileName) : undefined
  if (url) return clickDownload(url, fileName)
  const { gzip: _gzip, ...plain } = request
  await saveLog(
    async () =>
      ours
        ? engine['container.logExport'](request)
        : bytesOf(await engine['container.logs']({ ...plain, follow: false, stdout: true, stderr: true })),
    fileName,
  )
}

/** Saves a log that comes through the page. */
export const saveLog = async (open: () => Promise<AsyncIterable<Uint8Array>>, fileName: string): Promise<void> =>
  saveStream(
    open,
    fileName,
    () => {},
    () => new EngineError('TooLarge', _('The log is too large for this browser. Save it on the host with the command line.')),
  )

async function* bytesOf(chunks: AsyncIterable<{ data: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { data } of chunks) yield data
}
