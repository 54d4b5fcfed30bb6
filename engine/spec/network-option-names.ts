const shared = ['mtu', 'metric', 'no_default_route'] as const

/** What `--opt` of a network may name, by driver: what netavark knows of each. Drivers that are programs of their own check theirs. */
export const networkOptionNames = {
  bridge: [...shared, 'vlan', 'isolate', 'vrf', 'mode'],
  macvlan: [...shared, 'parent', 'mode', 'bclim'],
  ipvlan: [...shared, 'parent', 'mode'],
} as const

/** Docker's names for the same, which podman's command line takes, too. */
export const dockerNetworkOptions: Readonly<Record<string, string>> = { 'com.docker.network.driver.mtu': 'mtu' }

/** Docker's name for the bridge itself. */
export const dockerBridgeName = 'com.docker.network.bridge.name'
