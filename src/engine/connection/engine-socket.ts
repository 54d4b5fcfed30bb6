import type { Bridge, HttpAddress } from 'cockpit-ts-bridge/client'

import type { Transport, TransportReply } from '../../../engine/contract/index.ts'
import { _ } from '../../i18n/gettext.ts'

type Address = HttpAddress & { unix: string }

interface Candidate {
  address: Address
  /** The command that starts the socket's unit. */
  start: string[]
}

/** Milliseconds for an engine to answer: on a busy host its first start takes a while. Where none listens, that is known at once. */
const pingTimeout = 60_000

/** Where a session's engines may listen. */
interface Places {
  readonly runtimeDirectories: readonly string[]
  /** The session is root's own: to reach the system's socket it needs nobody's help, and the browser can send files there by itself. */
  readonly isRoot: boolean
  readonly embedded: boolean
}

/** Sockets an engine may listen on, in order of preference. Inside Cockpit also Podman's. */
function candidates({ runtimeDirectories, isRoot, embedded }: Places): Candidate[] {
  const of = (unix: string, unit: string, user: boolean): Candidate => ({
    address: user || isRoot ? { unix } : { unix, superuser: 'try' },
    start: ['systemctl', ...(user ? ['--user'] : []), 'start', unit],
  })
  const programs = embedded ? ['berth', 'podman'] : ['berth']
  return programs.flatMap((name) => [
    ...runtimeDirectories.map((directory) => of(`${directory}/${name}/${name}.sock`, `${name}.socket`, true)),
    of(`/run/${name}/${name}.sock`, `${name}.socket`, false),
  ])
}

/**
 * The transport to the engine over the bridge: finds the socket with the first request, and again if none was found.
 * Requests reject when no engine answers.
 */
export function engineTransport(bridge: Bridge, options: { embedded: boolean }): Transport & { address(): Promise<Address> } {
  let found: Promise<Address> | undefined
  const address = () => {
    found ??= findEngine(bridge, options.embedded).catch((error: unknown) => {
      found = undefined
      throw error
    })
    return found
  }
  return {
    address,
    request: async (request) => bridge.http(await address()).request(request),
    upgrade: async (request) => bridge.http(await address()).upgrade(request),
  }
}

async function findEngine(bridge: Bridge, embedded: boolean): Promise<Address> {
  const all = candidates(await (embedded ? cockpitPlaces(bridge) : ownPlaces(bridge)))
  for (const { address } of all) if (await answers(bridge, address)) return address
  for (const { address, start } of embedded ? all : []) {
    const started = await bridge.spawn(start, 'superuser' in address ? { superuser: 'try' } : {}).catch(() => undefined)
    if (started?.exitStatus === 0 && (await answers(bridge, address))) return address
  }
  throw new Error(
    embedded
      ? _(
          'Neither Berth nor Podman is running on this host. Start one with "systemctl start berth.socket" or "systemctl start podman.socket".',
        )
      : _('The engine of this session is not running. Log out and log in again.'),
  )
}

/** Where our own agent answers. The system's socket is root's. */
async function ownPlaces(bridge: Bridge): Promise<Places> {
  const { uid } = (await bridge.info()).user
  return { runtimeDirectories: uid === 0 ? [] : [`/run/user/${uid}`], isRoot: uid === 0, embedded: false }
}

/** Of a session of Cockpit's, whose engine may have been started anywhere. */
async function cockpitPlaces(bridge: Bridge): Promise<Places> {
  const { output } = await bridge.spawn(['sh', '-c', 'printf "%s\\n/run/user/%s" "$XDG_RUNTIME_DIR" "$(id -u)"'])
  const runtimeDirectories = [...new Set(output.split('\n').filter((line) => line.startsWith('/')))]
  return { runtimeDirectories, isRoot: false, embedded: true }
}

async function answers(bridge: Bridge, address: Address): Promise<boolean> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), pingTimeout)
  try {
    const reply: TransportReply = await bridge
      .http(address)
      .request({ method: 'GET', path: '/libpod/_ping', signal: stop.signal })
    for await (const _chunk of reply.body) continue
    return reply.status === 200
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
