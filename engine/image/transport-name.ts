import { EngineError } from '../errors/index.ts'

/** Kinds of places an image can be in (containers-transports(5)). */
export const transports = [
  'containers-storage',
  'dir',
  'docker',
  'docker-archive',
  'docker-daemon',
  'oci',
  'oci-archive',
] as const

export type Transport = (typeof transports)[number]

/** A location as users write it, `TRANSPORT:REST`. */
export interface TransportName {
  transport: Transport
  /** What follows the colon; for `docker://` what follows the slashes. Not checked any further. */
  rest: string
}

/** Transports of other tools that Berth lacks. */
const foreign = ['atomic', 'ostree', 'sif', 'tarball']

/**
 * Splits a location, with skopeo's messages for errors.
 * @throws ImageReferenceInvalid, NotSupported
 */
export function parseTransport(text: string): TransportName {
  const colon = text.indexOf(':')
  const shown = JSON.stringify(text.slice(0, 300))
  if (colon < 0) throw invalid(text, `Invalid image name ${shown}, expected colon-separated transport:reference`)
  const name = text.slice(0, colon)
  const rest = text.slice(colon + 1)
  const transport = transports.find((each) => each === name)
  if (!transport && foreign.includes(name))
    throw new EngineError('NotSupported', `The transport "${name}:" is not supported: use one of ${transports.join(', ')}.`, {
      details: { reference: text },
    })
  if (!transport) throw invalid(text, `Invalid image name ${shown}, unknown transport ${JSON.stringify(name.slice(0, 100))}`)
  if (rest.includes('\0')) throw invalid(text, `Invalid image name ${shown}: a name holds no zero byte`)
  if (transport !== 'docker') return { transport, rest }
  if (!rest.startsWith('//')) throw invalid(text, `docker: image reference ${rest.slice(0, 300)} does not start with //`)
  return { transport, rest: rest.slice(2) }
}

/** Whether a text begins with the name of a transport, ours or another tool's, and is not merely an image's name with a tag. */
export function hasTransport(text: string): boolean {
  const name = text.slice(0, Math.max(text.indexOf(':'), 0))
  if (!transports.some((each) => each === name) && !foreign.includes(name)) return false
  // `docker:27` is an image of Docker Hub.
  return name !== 'docker' || text.startsWith('docker://')
}

/** Splits `PATH[:NAME]`, the rest of `oci:` and the like, at its first colon, as skopeo does. */
export function splitPath(rest: string): { path: string; name: string } {
  const colon = rest.indexOf(':')
  return colon < 0 ? { path: rest, name: '' } : { path: rest.slice(0, colon), name: rest.slice(colon + 1) }
}

function invalid(reference: string, message: string): EngineError {
  return new EngineError('ImageReferenceInvalid', message, { details: { reference: reference.slice(0, 300) } })
}
