import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Service, startInNamespace } from '../browser/processes.ts'
import { freePort } from './free-port.ts'
import { eventually, must } from './processes.ts'

/** An account that exists for one console alone. Its password is its name unless given; `''` is none. */
export interface Account {
  name: string
  uid: number
  shell?: string
  password?: string
  /** Days since 1970 after which it is closed (shadow(5)). */
  expires?: number
  /** Days since 1970 when its password was changed; 0 has it changed at the next login. */
  changed?: number
}

/** What a login is answered. */
export interface Answer {
  status: number
  body: string
  /** Milliseconds until the answer. */
  time: number
}

/** A console in a namespace of its own, with accounts and shells of its own. */
export interface LoginConsole {
  service: Service
  logIn(user: string, password: string): Promise<Answer>
  stop(): Promise<void>
}

interface Options {
  accounts?: Account[]
  /** More lines of /etc/shells. */
  shells?: string[]
  /** More of the command line. */
  args?: string[]
  address?: string
  /** Words before the console's command line. */
  before?: string[]
  env?: Record<string, string>
}

/** Starts the console as `npm start` runs it, over an /etc in which the accounts stand. */
export async function startLoginConsole(name: string, options: Options = {}): Promise<LoginConsole> {
  const stage = inject('stage')
  const folder = join(stage.folder, name)
  await writeEtc(join(folder, 'etc'), options)
  const port = await freePort()
  const { address = '127.0.0.1', before = [], args = [] } = options
  const words = [join(stage.dist, 'bin/berth'), 'console', '--port', String(port), '--address', address, ...args]
  const service = startInNamespace(folder, [...before, ...words], options.env)
  await eventually(
    'the console',
    () => service.output().includes('The console is at') || (service.child.exitCode !== null && fail(service.output())),
    30_000,
  ).catch(async (error: unknown) => {
    await service.stop()
    throw error
  })
  const logIn = (user: string, password: string): Promise<Answer> => ask({ address, port }, user, password)
  return { service, logIn, stop: () => service.stop() }
}

function fail(output: string): never {
  throw new Error(`The console did not start: ${output}`)
}

async function writeEtc(etc: string, { accounts = [], shells = [] }: Options): Promise<void> {
  const stage = inject('stage')
  mkdirSync(join(etc, 'pam.d'), { recursive: true })
  mkdirSync(join(etc, 'containers'), { recursive: true })
  copyFileSync(join(import.meta.dirname, '../../packaging/pam/berth'), join(etc, 'pam.d/berth'))
  copyFileSync(join(stage.folder, 'registries.conf'), join(etc, 'containers/registries.conf'))
  const add = (file: string, lines: string[], mode: number): void =>
    writeFileSync(join(etc, file), `${readFileSync(join('/etc', file), 'utf8')}${lines.map((line) => `${line}\n`).join('')}`, {
      mode,
    })
  add('shells', shells, 0o644)
  add(
    'passwd',
    accounts.map(({ name, uid, shell = '/bin/bash' }) => `${name}:x:${uid}:${uid}::/:${shell}`),
    0o644,
  )
  add(
    'group',
    accounts.map(({ name, uid }) => `${name}:x:${uid}:`),
    0o644,
  )
  const secrets = []
  for (const { name, password = name, expires = '', changed = 20_000 } of accounts) {
    const hash = password === '' ? '' : (await must('openssl', ['passwd', '-6', password])).trim()
    secrets.push(`${name}:${hash}:${changed}:0:99999:7::${expires}:`)
  }
  add('shadow', secrets, 0o600)
}

function ask({ address, port }: { address: string; port: number }, user: string, password: string): Promise<Answer> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: address,
        port,
        path: '/cockpit/login',
        rejectUnauthorized: false,
        agent: false,
        headers: { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (text: string) => (body += text))
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body, time: performance.now() - began }))
      },
    )
    sent.once('error', reject)
    sent.end()
  })
}

/** Processes whose command line and environment hold these texts. */
export function processesWith(command: string, environment = ''): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readOf(pid, 'cmdline').replaceAll('\0', ' ').includes(command))
    .filter((pid) => `\0${readOf(pid, 'environ')}`.includes(environment))
    .map(Number)
}

/** A file of a process below /proc; empty where there is none. */
export function readOf(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}
