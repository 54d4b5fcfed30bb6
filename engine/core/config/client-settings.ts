import { identity } from '../../lib/process/identity.ts'
import { readContainersConf } from './containers-conf.ts'

/** What containers.conf says to a client. */
export interface ClientSettings {
  /** Other engines by their names: `service_destinations`. */
  destinations: Readonly<Record<string, { uri?: string; identity?: string }>>
  /** The one that is used unless another is named. */
  active: string | undefined
  /** Programs that serve compose files, the first one that is there; undefined for the usual ones. */
  composeProviders: readonly string[] | undefined
  /** Whether it is said that such a program runs. */
  composeWarning: boolean
  /** Seconds after which an unused API service ends, 0 for never; undefined for the usual ones. */
  serviceTimeout: number | undefined
}

/** Reads it for this user. @throws EngineError `InvalidArgument`, naming a file that is not as it must be */
export async function readClientSettings(modules: readonly string[]): Promise<ClientSettings> {
  const { engine } = await readContainersConf(identity(), { modules })
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  const named = Object.entries(engine.serviceDestinations ?? {}).map(([name, { uri, identity: key }]) => {
    const [address, file] = [text(uri), text(key)]
    return [
      name,
      { ...(address === undefined ? {} : { uri: address }), ...(file === undefined ? {} : { identity: file }) },
    ] as const
  })
  return {
    destinations: Object.fromEntries(named),
    active: text(engine.activeService),
    composeProviders: engine.composeProviders?.length ? engine.composeProviders : undefined,
    composeWarning: engine.composeWarningLogs ?? true,
    serviceTimeout: engine.serviceTimeout,
  }
}
