import { encodeText, ProblemError, type TicketUse } from '../../protocol/index.ts'
import type { Greeting } from '../bridge-events.ts'
import { externalUrl } from './external.ts'
import type { FileBody } from './file-body.ts'
import { cancelled, type HttpAddress, type HttpReply, type HttpRequest } from './http-request.ts'

/** Milliseconds between two reports of progress. */
const progressInterval = 250

/** What an upload needs of a bridge. */
export interface UploadBridge {
  readonly ready: Promise<Greeting>
  ticket(use: TicketUse): Promise<string>
}

/** Whether the browser can send a file to this address by itself. */
export async function canUpload(
  bridge: UploadBridge,
  { host, superuser }: HttpAddress,
  { method }: HttpRequest,
): Promise<boolean> {
  const { capabilities } = await bridge.ready
  return method === 'POST' && host === undefined && superuser === undefined && capabilities.includes('uploads')
}

/** Sends a file as the body of a request, by a request of the browser's own. Rejects with a ProblemError where no answer came. */
export async function upload(
  bridge: UploadBridge,
  address: HttpAddress,
  request: Omit<HttpRequest, 'body'>,
  body: FileBody,
): Promise<HttpReply> {
  const { method, path, headers = {}, signal } = request
  const fields = { payload: 'http-stream2', method, path, headers: { ...headers, 'content-length': String(body.file.size) } }
  const url = await externalUrl(bridge, { ...fields, ...address }, { fileName: 'answer', contentType: 'application/json' })
  if (url === undefined) throw new ProblemError('not-supported', 'This server takes no uploads.')
  if (signal?.aborted) throw cancelled()
  return new Promise((resolve, reject) => {
    const sender = new XMLHttpRequest()
    const abort = () => sender.abort()
    const end = (error?: ProblemError) => {
      signal?.removeEventListener('abort', abort)
      if (error !== undefined) return reject(error)
      const answer = encodeText(sender.responseText)
      resolve({ status: sender.status, headers: {}, body: once(answer) })
    }
    sender.open('POST', url)
    sender.setRequestHeader('Content-Type', 'application/octet-stream')
    let reportedAt = -Infinity
    sender.upload.addEventListener('progress', ({ loaded, total }) => {
      if (loaded < total && performance.now() - reportedAt < progressInterval) return
      reportedAt = performance.now()
      body.onProgress(loaded)
    })
    sender.addEventListener('load', () => end())
    sender.addEventListener('error', () => end(new ProblemError('disconnected', 'The upload was cut off.')))
    sender.addEventListener('abort', () => end(cancelled()))
    signal?.addEventListener('abort', abort, { once: true })
    sender.send(body.file)
  })
}

async function* once(answer: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield answer
}
