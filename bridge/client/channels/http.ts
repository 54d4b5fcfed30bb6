import { type Control, encodeText, isObject, ProblemError } from '../../protocol/index.ts'
import { createByteQueue } from './byte-queue.ts'
import type { Channel, ChannelOpener, ChannelOptions } from './channel.ts'
import { problemOf } from './stream.ts'
import { cancelled, type HttpAddress, type HttpReply, type HttpRequest, type HttpUpgrade } from './http-request.ts'
import { FileBody } from './file-body.ts'
import { canUpload, upload, type UploadBridge } from './upload.ts'
import { upgrade } from './upgrade.ts'

/** An HTTP client over the bridge. Any status resolves; it rejects with a ProblemError where no answer came. */
export interface Http {
  request(request: HttpRequest): Promise<HttpReply>
  /** A request that upgrades its connection, which http-stream2 does not support. `body` is sent at once. */
  upgrade(request: Omit<HttpRequest, 'body'> & { body?: string }): Promise<HttpUpgrade>
}

/** A client for one server. */
export function openHttp(bridge: ChannelOpener & UploadBridge, address: HttpAddress): Http {
  return {
    request: async (request) => {
      const { body } = request
      if (body instanceof FileBody && (await canUpload(bridge, address, request))) return upload(bridge, address, request, body)
      return send(bridge, address, request)
    },
    upgrade: (request) => upgrade(bridge, address, request),
  }
}

function send(bridge: ChannelOpener, address: HttpAddress, request: HttpRequest): Promise<HttpReply> {
  const { method, path, headers = {}, body, signal } = request
  if (signal?.aborted) return Promise.reject(cancelled())
  const reply = Promise.withResolvers<HttpReply>()
  const queue = createByteQueue(() => channel.close('terminated'))
  const abort = (): void => {
    queue.end(cancelled())
    channel.close('terminated')
  }
  const channel: Channel = bridge.channel(
    { payload: 'http-stream2', binary: 'raw', 'send-acks': 'bytes', method, path, headers, ...address } as ChannelOptions,
    {
      control: (control) => {
        if (control.command === 'response') reply.resolve({ ...parseResponse(control), body: queue.output })
      },
      data: (data) => queue.push(typeof data === 'string' ? encodeText(data) : data),
      ping: (answer) => queue.mark(answer),
      close: (close) => {
        signal?.removeEventListener('abort', abort)
        const failure = signal?.aborted ? cancelled() : problemOf(close)
        queue.end(failure)
        reply.reject(failure ?? new ProblemError('disconnected', 'The connection ended without an answer.'))
      },
    },
  )
  signal?.addEventListener('abort', abort)
  void sendBody(channel, body)
  return reply.promise
}

async function sendBody(channel: Channel, body: HttpRequest['body']): Promise<void> {
  try {
    if (typeof body === 'string') channel.send(encodeText(body))
    else if (body instanceof Uint8Array) channel.send(body)
    else if (body !== undefined) {
      for await (const data of body) {
        await channel.writable()
        if (channel.closed) break
        channel.send(data)
      }
    }
    channel.done()
  } catch {
    // The source of the body failed, which the caller knows.
    channel.close('terminated')
  }
}

function parseResponse(control: Control): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(isObject(control['headers']) ? control['headers'] : {}))
    headers[name.toLowerCase()] = String(value)
  return { status: Number(control['status']), headers }
}
