import { dockerBridgeName, dockerNetworkOptions, networkOptionNames } from '../../../spec/network-option-names.ts'

/** Docker's own words for a driver's `mode`. */
const modes: Readonly<Record<string, string>> = { macvlan_mode: 'macvlan', ipvlan_mode: 'ipvlan' }

/**
 * The options of a request that its driver knows, and a warning for each other one, with podman's message: clients send what concerns
 * Docker's own bridge.
 */
export function splitOptions(
  driver: string,
  given: Readonly<Record<string, string>>,
): { options: Record<string, string>; warnings: string[] } {
  const known: readonly string[] | undefined = Object.hasOwn(networkOptionNames, driver)
    ? networkOptionNames[driver as keyof typeof networkOptionNames]
    : undefined
  const options: Record<string, string> = {}
  const warnings: string[] = []
  for (const [key, value] of Object.entries(given)) {
    const name = modes[key] === driver ? 'mode' : key
    if (!known || known.includes(name) || name === dockerBridgeName || Object.hasOwn(dockerNetworkOptions, name))
      options[name] = value
    else warnings.push(`"${key}: ${value}" is not a recognized option`)
  }
  return { options, warnings }
}
