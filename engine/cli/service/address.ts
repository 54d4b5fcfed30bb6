import { EngineError } from '../../errors/index.ts'

/** Where an API service listens. */
export type ServiceAddress =
  | { kind: 'unix'; path: string }
  | { kind: 'tcp'; host: string; port: number }
  /** The socket that systemd has bound (sd_listen_fds(3)). */
  | { kind: 'activated' }

/**
 * Reads `unix:///PATH`, `tcp://HOST:PORT` (the port 0 is any that is free) or `fd://`.
 *
 * @throws EngineError `InvalidArgument`.
 */
export function parseServiceAddress(text: string): ServiceAddress {
  const path = /^unix:(?:\/\/)?(\/[^/\0][^\0]*)$/.exec(text)?.[1]
  if (path !== undefined) return { kind: 'unix', path }
  if (/^fd:\/\/\/?$/.test(text)) return { kind: 'activated' }
  const [, host, port] = /^tcp:\/\/(\[[0-9a-fA-F:.]+\]|[\w.-]*):(\d{1,5})\/?$/.exec(text) ?? []
  if (host !== undefined && Number(port) <= 65_535)
    // Without a host podman listens everywhere.
    return { kind: 'tcp', host: host === '' ? '0.0.0.0' : host.replace(/^\[|\]$/g, ''), port: Number(port) }
  throw new EngineError(
    'InvalidArgument',
    `The address ${JSON.stringify(text)} is not one that the service can have: give unix:///PATH, tcp://127.0.0.1:PORT or fd://.`,
    { details: { address: text } },
  )
}
