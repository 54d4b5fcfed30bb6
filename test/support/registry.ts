import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import type { Blob, TestImage } from './images.ts'
import { eventually, must } from './processes.ts'

/** A running docker-registry on loopback. The caller stops it. */
export interface Registry {
  /** `127.0.0.1:PORT`, as it stands before a repository's name. */
  host: string
  url: string
  /** The certificate to trust, for one with TLS. */
  certificate?: string
  push(image: TestImage): Promise<string>
  readonly pid: number
  stop(): Promise<void>
}

export interface RegistryOptions {
  /** Ask for this name and password. */
  login?: { name: string; password: string }
  /** `good`: TLS with a certificate of its own; `expired`: the same, past its time. */
  tls?: 'good' | 'expired'
  /** Where it listens, if not at a port that is free. */
  port?: number
}

/** Starts a registry whose data, certificate and passwords are below `folder`, from an earlier start or made now. */
export async function startRegistry(folder: string, options: RegistryOptions = {}): Promise<Registry> {
  mkdirSync(folder, { recursive: true })
  const port = options.port ?? (await freePort())
  const host = `127.0.0.1:${port}`
  const tls = options.tls ? await makeCertificate(folder, options.tls) : undefined
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: { addr: host, ...(tls ? { tls: { certificate: tls.certificate, key: tls.key } } : {}) },
    ...(options.login ? { auth: { htpasswd: { realm: 'berth-test', path: await writePasswords(folder, options.login) } } } : {}),
  }
  const path = join(folder, 'config.yml')
  writeFileSync(path, JSON.stringify(config)) // JSON is YAML
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'docker-registry', 'serve', path], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH ?? '' },
  })
  const url = `${tls ? 'https' : 'http'}://${host}`
  const send = sender(url, options.login)
  try {
    await eventually(
      `docker-registry at ${url}`,
      async () => (await send('GET', '/v2/').catch(() => undefined))?.status === 200,
      20_000,
    )
  } catch (error) {
    await stop(child)
    throw error
  }
  return {
    pid: child.pid!,
    host,
    url,
    ...(tls ? { certificate: tls.certificate } : {}),
    push: (image) => push(send, host, image),
    stop: () => stop(child),
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

async function makeCertificate(folder: string, kind: 'good' | 'expired'): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [join(folder, 'trust/ca.crt'), join(folder, 'private.key')]
  if (existsSync(certificate)) return { certificate, key }
  mkdirSync(join(folder, 'trust'), { recursive: true })
  const times = kind === 'expired' ? ['-not_before', '20200101000000Z', '-not_after', '20200201000000Z'] : ['-days', '2']
  const subject = ['-subj', '/CN=berth-test', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  await must('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    key,
    '-out',
    certificate,
    ...times,
    ...subject,
  ])
  return { certificate, key }
}

async function writePasswords(folder: string, login: { name: string; password: string }): Promise<string> {
  const path = join(folder, 'htpasswd')
  if (!existsSync(path)) writeFileSync(path, `${login.name}:${await bcrypt(login.password)}\n`)
  return path
}

/** The system's own crypt(3), since the registry takes bcrypt only and Node has none. */
async function bcrypt(password: string): Promise<string> {
  const { default: koffi } = await import('koffi')
  const crypt = koffi.load('libcrypt.so.1').func('char *crypt(const char *key, const char *salt)')
  const hashed = crypt(password, '$2b$04$abcdefghijklmnopqrstuu') as string | null
  if (!hashed?.startsWith('$2b$')) throw new Error('crypt(3) of this machine knows no bcrypt.')
  return hashed
}

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

type Send = (method: string, path: string, body?: Buffer, type?: string) => Promise<Answer>

function sender(url: string, login?: { name: string; password: string }): Send {
  const authorization = login
    ? { authorization: `Basic ${Buffer.from(`${login.name}:${login.password}`).toString('base64')}` }
    : {}
  return (method, path, body, type) =>
    new Promise((resolve, reject) => {
      const request = url.startsWith('https') ? requestHttps : requestHttp
      const headers = { ...authorization, ...(type ? { 'content-type': type } : {}), 'content-length': String(body?.length ?? 0) }
      const asked = request(new URL(path, url), { method, headers, rejectUnauthorized: false, agent: false }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
        )
      })
      asked.on('error', reject)
      asked.end(body)
    })
}

async function push(send: Send, host: string, image: TestImage): Promise<string> {
  for (const each of image.blobs) await pushBlob(send, image.name, each)
  const answer = await send('PUT', `/v2/${image.name}/manifests/${image.tag}`, image.manifest.data, image.manifest.mediaType)
  if (answer.status !== 201)
    throw new Error(`The registry refused the manifest of ${image.name}: ${answer.status} ${answer.body}`)
  return `${host}/${image.name}:${image.tag}`
}

async function pushBlob(send: Send, name: string, each: Blob): Promise<void> {
  if ((await send('HEAD', `/v2/${name}/blobs/${each.digest}`)).status === 200) return
  const begun = await send('POST', `/v2/${name}/blobs/uploads/`)
  const location = begun.headers.location
  if (begun.status !== 202 || typeof location !== 'string')
    throw new Error(`The registry refused an upload to ${name}: ${begun.status} ${begun.body}`)
  const { pathname, searchParams } = new URL(location, 'http://x')
  searchParams.set('digest', each.digest)
  const done = await send('PUT', `${pathname}?${searchParams}`, each.data, 'application/octet-stream')
  if (done.status !== 201) throw new Error(`The registry refused ${each.digest}: ${done.status} ${done.body}`)
}
