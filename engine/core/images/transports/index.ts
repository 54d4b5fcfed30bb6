import { EngineError } from '../../../errors/index.ts'
import { type ImageSource, parseTransport, type Transport, type TransportName } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import type { Access, Destination, DestinationAccess } from './access.ts'

export type { Access, Destination, DestinationAccess, FetchChoice } from './access.ts'
export { hasTransport, parseTransport } from '../../../image/index.ts'

type OpenSource = (context: Context, rest: string, access: Access) => Promise<ImageSource>
type OpenDestination = (context: Context, rest: string, access: DestinationAccess) => Promise<Destination>

/** Where images are read from. Loaded on first use. */
const sources: Partial<Record<Transport, () => Promise<OpenSource>>> = {
  'containers-storage': async () => (await import('./store-source.ts')).openStoreSource,
  dir: async () => (await import('./dir-source.ts')).openDirSource,
  docker: async () => (await import('./registry-source.ts')).openRegistrySource,
  'docker-archive': async () => (await import('./docker/docker-archive-source.ts')).openDockerArchiveSource,
  'docker-daemon': async () => (await import('./docker/docker-daemon-source.ts')).openDockerDaemonSource,
  oci: async () => (await import('./oci/oci-source.ts')).openOciSource,
  'oci-archive': async () => (await import('./oci/oci-archive-source.ts')).openOciArchiveSource,
}

/** Where images are written to. */
const destinations: Partial<Record<Transport, () => Promise<OpenDestination>>> = {
  'containers-storage': async () => (await import('./store-destination.ts')).openStoreDestination,
  dir: async () => (await import('./dir-destination.ts')).openDirDestination,
  docker: async () => (await import('./registry-destination.ts')).openRegistryDestination,
  'docker-archive': async () => (await import('./docker/docker-archive-destination.ts')).openDockerArchiveDestination,
  'docker-daemon': async () => (await import('./docker/docker-daemon-destination.ts')).openDockerDaemonDestination,
  oci: async () => (await import('./oci/oci-destination.ts')).openOciDestination,
  'oci-archive': async () => (await import('./oci/oci-archive-destination.ts')).openOciArchiveDestination,
}

/**
 * Opens the image that `TRANSPORT:REST` names. The caller closes it.
 * @throws ImageReferenceInvalid, NotSupported, and what the transport throws: ImageNotFound, ArchiveInvalid, RegistryBlocked …
 */
export async function openSource(context: Context, text: string, access: Access = {}): Promise<ImageSource> {
  const name = parseTransport(text)
  const open = sources[name.transport]
  if (!open) throw notYet(name, 'read images from')
  return (await open())(context, name.rest, access)
}

/**
 * Opens the destination `TRANSPORT:REST` for one image, or several where it can hold several. Nothing is visible there before
 * `commit`.
 * @throws as {@link openSource}
 */
export async function openDestination(context: Context, text: string, access: DestinationAccess = {}): Promise<Destination> {
  const name = parseTransport(text)
  const open = destinations[name.transport]
  if (!open) throw notYet(name, 'write images to')
  return (await open())(context, name.rest, access)
}

/**
 * Checks a destination without opening it: whether the transport exists, the name is valid, and the registry not blocked.
 * @throws as {@link openSource}
 */
export async function checkPlace(text: string, { tlsVerify }: Access): Promise<void> {
  const { transport, rest } = parseTransport(text)
  if (transport !== 'docker') return
  const { registryReference } = await import('./registry-source.ts')
  const { readRegistriesConf, sourcesOf } = await import('../../../registry/index.ts')
  sourcesOf(await readRegistriesConf(), registryReference(rest), tlsVerify)
}

function notYet({ transport }: TransportName, what: string): EngineError {
  return new EngineError('NotSupported', `Berth cannot ${what} ${transport}: yet.`, { details: { transport } })
}
