/** Paths of config.json that may differ from podman's, `*` at the end for what is below, each with the reason. */
export type Differences = Readonly<Record<string, string>>

/** Of every container. */
export const alwaysRight: Differences = {
  'linux.cgroupsPath': 'each engine has its own folder',
  'root.path': 'each engine has its own store',
  'mounts./etc/resolv.conf*': 'podman leaves it to the image without a network; here it names no server',
}

/** Of an ordinary user's on a host with control groups of version 1. */
export const rightForUsers: Differences = {
  'linux.resources.*': 'podman has no control groups there; here the login has made some',
}

const ofLauncher = 'each passes on what its own start needs'

export const envOfLauncher: Differences = {
  'process.env.PODMAN_IGNORE_CGROUPSV1_WARNING': 'only podman is given it',
  'process.env.CONTAINERS_REGISTRIES_CONF': 'where the test keeps it',
  'process.env.PWD': 'the launcher is a shell, which sets it',
  'process.env.TMPDIR': 'podman sets it for itself',
  'process.env.XDG_*': ofLauncher,
  'process.env._CONTAINERS_*': ofLauncher,
}

export const rootfsWithoutPasswd: Differences = {
  'process.env.HOME': 'podman leaves it empty; here it is root’s usual one',
  'process.env.container': 'podman sets it with an image alone',
}

export const ofSystemd: Differences = {
  'process.env.container_uuid': "it is the beginning of the container's id",
  ...Object.fromEntries(
    ['/run', '/run/lock', '/tmp', '/var/log/journal'].map((place) => [
      `mounts.${place}.options`,
      'podman passes an empty option besides',
    ]),
  ),
}

/** Whether a path may differ. `hybrid`: on a host with control groups of version 1. */
export function isRight(name: string, hybrid: boolean, own: Differences): (path: string) => boolean {
  const all = { ...alwaysRight, ...(name === 'root' || !hybrid ? {} : rightForUsers), ...own }
  const exact = new Set(Object.keys(all))
  const prefixes = [...exact].filter((each) => each.endsWith('*')).map((each) => each.slice(0, -1))
  return (path) => exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix))
}
