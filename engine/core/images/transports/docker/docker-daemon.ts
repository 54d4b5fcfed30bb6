import { readFileSync } from 'node:fs'
import { type ClientRequest, type IncomingMessage, request as requestHttp, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { join } from 'node:path'
import { text as readAll } from 'node:stream/consumers'

import { EngineError } from '../../../../errors/index.ts'
import type { Access } from '../access.ts'

const defaultHost = 'unix:///var/run/docker.sock'
/** Limit of a daemon's responses that are no archive. */
const maxAnswer = 1024 * 1024

/** Docker's API at a socket or an address. */
export interface Daemon {
  /** As people write it. */
  host: string
  /**
   * Sends a GET. Leaving the iteration of the response ends the transfer.
   * @throws EngineUnreachable (the iteration, too), ImageUnknown for 404, ProgramFailed for what else the daemon refuses, Cancelled
   */
  get(path: string): Promise<AsyncIterable<Uint8Array>>
  /** Sends an archive, and returns the daemon's response. @throws as {@link get} */
  post(path: string, body: AsyncIterable<Uint8Array>): Promise<string>
}

/**
 * Opens a daemon's address: `unix:///PATH`, `tcp://HOST:PORT` (with TLS where a folder of certificates is given), `http://` or
 * `https://`. Nothing is connected yet.
 * @throws InvalidArgument
 */
export function dockerDaemon({ daemonHost, certDir, tlsVerify, signal }: Access): Daemon {
  const host = daemonHost || defaultHost
  const { options, secure } = addressOf(host, certDir, tlsVerify)
  const begin = (method: string, path: string): { request: ClientRequest; answer: Promise<IncomingMessage> } => {
    const sent: RequestOptions = { ...options, method, path, agent: false, ...(signal ? { signal } : {}) }
    if (method === 'POST') sent.headers = { 'content-type': 'application/x-tar', 'transfer-encoding': 'chunked' }
    const request = secure ? requestHttps(sent) : requestHttp(sent)
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve)
      request.on('error', (cause) => reject(unreachable(host, cause, signal)))
    }).then((got) => checked(got, host))
    answer.catch(() => {})
    return { request, answer }
  }
  return {
    host,
    async get(path) {
      const { request, answer } = begin('GET', path)
      request.end()
      return received(await answer, host, signal)
    },
    async post(path, body) {
      const { request, answer } = begin('POST', path)
      try {
        await send(request, body, answer)
        const got: IncomingMessage = await answer
        return await readBounded(received(got, host, signal))
      } finally {
        request.destroy()
      }
    },
  }
}

/** Writes a body at the speed the daemon reads it; ends early if it has responded already. */
async function send(request: ClientRequest, body: AsyncIterable<Uint8Array>, answer: Promise<unknown>): Promise<void> {
  let over = false
  const ended = answer.finally(() => (over = true))
  ended.catch(() => {})
  for await (const piece of body) {
    if (over) return
    if (!request.write(piece)) await Promise.race([new Promise((resolve) => request.once('drain', resolve)), ended])
  }
  request.end()
}

function addressOf(
  host: string,
  certDir: string | undefined,
  tlsVerify: boolean | undefined,
): { options: RequestOptions & { rejectUnauthorized?: boolean }; secure: boolean } {
  const socket = /^unix:\/\/(\/.+)$/.exec(host)?.[1]
  if (socket !== undefined) return { options: { socketPath: socket, headers: { host: 'docker' } }, secure: false }
  const url = /^(tcp|https?):\/\//.test(host) && URL.canParse(host) ? new URL(host.replace(/^tcp:/, 'http:')) : undefined
  if (!url)
    throw new EngineError(
      'InvalidArgument',
      `The docker daemon's address ${host} is not one: give unix:///PATH or tcp://HOST:PORT.`,
    )
  const secure = url.protocol === 'https:' || (host.startsWith('tcp:') && certDir !== undefined)
  const port = Number(url.port || (secure ? 2376 : 2375))
  if (!secure) return { options: { host: url.hostname, port }, secure }
  const certificates = certDir === undefined ? {} : readCertificates(certDir)
  return { options: { host: url.hostname, port, rejectUnauthorized: tlsVerify !== false, ...certificates }, secure }
}

/** Docker's names of the three files. */
function readCertificates(folder: string): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  const read = (name: string): Buffer | undefined => {
    try {
      return readFileSync(join(folder, name))
    } catch {
      return undefined
    }
  }
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map(read)
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) }
}

async function checked(answer: IncomingMessage, host: string): Promise<IncomingMessage> {
  const { statusCode = 0 } = answer
  if (statusCode >= 200 && statusCode < 300) return answer
  const body = await readBounded(answer as AsyncIterable<Buffer>)
  let reason = body.trim()
  try {
    reason = (JSON.parse(body) as { message?: string }).message ?? reason
  } catch {
    // Then explained in plain words.
  }
  throw new EngineError(
    statusCode === 404 ? 'ImageUnknown' : 'ProgramFailed',
    `The docker daemon at ${host} refuses (${statusCode}): ${reason.slice(0, 500) || 'it does not say why'}.`,
    { details: { status: statusCode } },
  )
}

async function* received(
  answer: IncomingMessage,
  host: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* answer as AsyncIterable<Buffer>
  } catch (error) {
    throw unreachable(host, error as Error, signal)
  }
}

async function readBounded(answer: AsyncIterable<Uint8Array>): Promise<string> {
  return readAll(
    (async function* () {
      let size = 0
      for await (const piece of answer) {
        size += piece.byteLength
        if (size > maxAnswer) return
        yield piece
      }
    })(),
  )
}

function unreachable(host: string, cause: Error, signal: AbortSignal | undefined): EngineError {
  if (signal?.aborted) return new EngineError('Cancelled', 'The transfer was cancelled.', { cause })
  return new EngineError(
    'EngineUnreachable',
    `Cannot connect to the Docker daemon at ${host}: ${cause.message}. Start it, or name another one.`,
    { details: { host }, cause },
  )
}
