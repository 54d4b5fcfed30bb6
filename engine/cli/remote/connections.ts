import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import type { ClientSettings } from '../../core/index.ts'
import { EngineError } from '../../errors/index.ts'
import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import { withLock } from '../../lib/lock.ts'
import type { Identity } from '../../lib/process/identity.ts'
import { UsageError } from '../parse/usage-error.ts'

/** A connection to another engine, as podman-connections.json has it. */
export interface Connection {
  URI: string
  Identity?: string
  IsMachine?: boolean
  TLSCAFile?: string
  TLSCertFile?: string
  TLSKeyFile?: string
}

/** The file's content, of which only connections are Berth's concern. */
export interface Connections {
  Connection: { Default?: string; Connections?: Record<string, Connection> }
  Farm?: unknown
}

/**
 * Where connections are kept: podman's own file, since an address and a key lead to an engine of either kind.
 * PODMAN_CONNECTIONS_CONF names another one.
 */
export function connectionsFile({ home }: Pick<Identity, 'home'>, environment: NodeJS.ProcessEnv = process.env): string {
  const folder = environment['XDG_CONFIG_HOME'] || path.join(home, '.config')
  return environment['PODMAN_CONNECTIONS_CONF'] || path.join(folder, 'containers/podman-connections.json')
}

const largestFile = 1024 * 1024

/** @throws EngineError `InvalidArgument` for a file that is none */
export function readConnections(file: string): Connections {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { Connection: {} }
    throw error
  }
  const value = text.length > largestFile ? undefined : parse(text)
  if (typeof value !== 'object' || value === null || !isValid(value as Connections))
    throw new EngineError('InvalidArgument', `The file ${file} is not a list of connections: correct or remove it.`, {
      details: { file },
    })
  return { ...value, Connection: (value as Partial<Connections>).Connection ?? {} }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function isValid({ Connection }: Partial<Connections>): boolean {
  const all = Object.values(Connection?.Connections ?? {}) as unknown[]
  return all.every((each) => typeof (each as Connection | null)?.URI === 'string')
}

/** Changes the file, one process at a time. */
export async function changeConnections(file: string, change: (connections: Connections) => void): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  await withLock(`${file}.lock`, async () => {
    const connections = readConnections(file)
    change(connections)
    writeFileAtomicSync(file, JSON.stringify(connections), { mode: 0o600 })
  })
}

/** A connection with its name. */
export interface NamedConnection extends Connection {
  Name: string
  Default: boolean
  /** Whether it is in the file that `system connection` changes, not in containers.conf. */
  ReadWrite: boolean
}

/** What containers.conf says of connections. */
export type ConfiguredDestinations = Pick<ClientSettings, 'destinations' | 'active'>

/** All connections, those of the file first; one of the same name in containers.conf is hidden by it. */
export function listConnections(
  { Connection }: Connections,
  { destinations, active }: ConfiguredDestinations,
): NamedConnection[] {
  const own = Object.entries(Connection.Connections ?? {})
  const usual = Connection.Default || active
  const others = Object.entries(destinations).filter(
    ([name, { uri }]) => uri !== undefined && !own.some(([taken]) => taken === name),
  )
  return [
    ...own.map(([Name, each]) => ({ ...each, Name, Default: Name === usual, ReadWrite: true })),
    ...others.map(([Name, { uri = '', identity }]) => ({
      Name,
      URI: uri,
      ...(identity === undefined ? {} : { Identity: identity }),
      Default: Name === usual,
      ReadWrite: false,
    })),
  ]
}

/** What is said of a name that no connection has, with podman's message. */
export const notDefined = (name: string): UsageError =>
  new UsageError(`"${name}" destination is not defined. See "berth system connection add ..." to create a connection`)
