import { existsSync } from 'node:fs'
import { isIP } from '../../../lib/host/ip-version.ts'

import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { callersDescriptors } from '../../../lib/process/descriptors.ts'
import type { ContainerConfig } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { isCdiName } from '../spec/cdi-name.ts'
import { parseDevice, refuseUnprivileged, requireDevices } from '../spec/devices.ts'
import { checkBesideNamespaces, checkSeccompFile, checkSysctls } from './check-combined.ts'
import { checkHosts } from './check-hosts.ts'
import { checkIdentity } from './check-identity.ts'
import { checkConfinement } from './confinement.ts'

/** @throws EngineError for what is wrong in itself, or cannot be had here. */
export async function checkRequest(context: Context, spec: ContainerSpec): Promise<void> {
  checkConfinement(context, spec)
  checkServers(spec)
  checkHosts(spec)
  checkSysctls(spec)
  checkSeccompFile(spec)
  callersDescriptors(spec.preserve_fd, context.service)
  refuseUnprivileged(spec, context.identity.rootless)
  checkRdt(context, spec)
  await checkDevices(context, spec)
}

/** @returns warnings. @throws EngineError for what cannot be had here. */
export function checkResolved(context: Context, config: ContainerConfig): string[] {
  const { spec } = config
  requireRootForOwners(context, config)
  checkBesideNamespaces(spec, config.namespaces)
  return [...checkIdentity(spec, config), ...(context.identity.rootless ? openDevices(spec) : [])]
}

/** The kernel shows other owners for the host's root alone. @throws EngineError `NotSupported` */
function requireRootForOwners({ identity }: Context, { mounts }: ContainerConfig): void {
  const mapped = mounts.find(({ idmap }) => idmap !== undefined)
  if (!mapped || !identity.rootless) return
  const message = `The option idmap of the mount on ${mapped.destination} is refused: only root may show files with other owners; use --userns keep-id, or option U.`
  throw new EngineError('NotSupported', message, { details: { option: 'idmap', destination: mapped.destination } })
}

/** Who may do what with a device is said by its mode alone where no right to make rules is had. */
function openDevices({ devices }: ContainerSpec): string[] {
  return (devices ?? [])
    .filter(({ path }) => !isCdiName(path))
    .map(({ path }) => parseDevice(path))
    .filter(({ access }) => !(access.includes('r') && access.includes('w')))
    .map(
      ({ host, access }) => `The access ${access} to ${host} has no effect: for ordinary users the mode of the device decides.`,
    )
}

/** @throws EngineError `NotSupported` where nothing could assign a class of service. */
function checkRdt({ identity }: Context, { intelRdt }: ContainerSpec): void {
  if (!intelRdt?.closID) return
  const reason = identity.rootless
    ? 'ordinary users cannot assign one'
    : existsSync('/sys/fs/resctrl/schemata')
      ? undefined
      : 'this host has none mounted on /sys/fs/resctrl'
  if (reason === undefined) return
  throw new EngineError(
    'NotSupported',
    `The class of service ${JSON.stringify(intelRdt.closID)} (--rdt-class) is refused: ${reason}.`,
    {
      details: { field: 'intelRdt.closID' },
    },
  )
}

/** Devices with a description of their own are looked for at every start, and once before. @throws EngineError `InvalidArgument` */
async function checkDevices(context: Context, { devices }: ContainerSpec): Promise<void> {
  requireDevices((devices ?? []).filter(({ path }) => !isCdiName(path)))
  if (!devices?.some(({ path }) => isCdiName(path))) return
  const { cdiEdits, cdiNames } = await import('../spec/cdi.ts')
  await cdiEdits(context, cdiNames(devices))
}

/** A container without a network, or with another's, asks nobody. @throws EngineError `InvalidArgument`, with podman's message. */
function checkServers({ netns, dns_server: servers, dns_search: domains, dns_option: options }: ContainerSpec): void {
  const mode = netns?.nsmode ?? ''
  const given = [servers, domains, options].some((list) => list?.length)
  if (given && (mode === 'none' || mode === 'container'))
    throw new EngineError('InvalidArgument', `conflicting options: dns and the network mode: ${mode}`, {
      details: { field: 'dns_server' },
    })
  const wrong = (servers ?? []).find((server) => isIP(server) === 0)
  if (wrong === undefined) return
  throw new EngineError('InvalidArgument', `${wrong} is not an ip address`, { details: { field: 'dns_server' } })
}
