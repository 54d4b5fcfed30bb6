import type { Held } from './table.ts'

/** Several ways to give options, given to one container. */
export interface Combined {
  parts: Held[]
  /** All in one. */
  held: Held
}

/** How many ways one container takes. */
const most = 8

/** Flags that say something of the same: a container is given one way of each line. A flag may be in several. */
const subjects = [
  'privileged cap-add cap-drop security-opt user u group-add',
  'network hostname h uts add-host no-hosts no-hostname pid ipc userns uidmap gidmap subuidname subgidname cgroupns sysctl shm-size',
  'read-only read-only-tmpfs tmpfs volume v mount image-volume workdir w device',
  'env e env-host env-file unsetenv unsetenv-all http-proxy',
  'health-cmd health-startup-cmd no-healthcheck health-log-destination health-max-log-count health-max-log-size health-on-failure',
  'init systemd entrypoint tty t rm restart',
  'cgroups cgroup-parent cpu-period cpu-quota cpu-shares c cpus',
  'memory m memory-swap memory-reservation memory-swappiness',
  'log-driver log-opt',
  // Of a file system that is read-only, podman mounts the files of accounts; here they are in it.
  'read-only user u privileged',
].map((line) => line.split(' '))

/**
 * Puts ways into as few containers as can be, in the order of the table. What shares a container is of other subjects, and of the
 * same image, command and environment; so each is still seen in what it does by itself.
 */
export function combine(cases: readonly Held[]): Combined[] {
  const groups: { parts: Held[]; about: Set<string>; place: string }[] = []
  for (const each of cases) {
    const about = aboutWhat(each)
    const place = JSON.stringify([each.image, each.words, each.env, each.only])
    const fits = groups.find(
      (group) => group.place === place && group.parts.length < most && ![...about].some((name) => group.about.has(name)),
    )
    if (fits === undefined) groups.push({ parts: [each], about, place })
    else {
      fits.parts.push(each)
      for (const name of about) fits.about.add(name)
    }
  }
  return groups.map(({ parts }) => ({ parts, held: join(parts) }))
}

function join(parts: Held[]): Held {
  return {
    ...parts[0]!,
    flags: parts.map(({ flags }) => flags).join(' '),
    tells: parts.flatMap(({ tells }) => tells),
    differs: Object.assign({}, ...parts.map(({ differs }) => differs)),
  }
}

/** The subjects of a way's flags; a flag of none is its own. */
function aboutWhat({ flags }: Held): Set<string> {
  const names = flags.split(' ').flatMap((word) => /^--?([a-z-]+)/.exec(word)?.[1] ?? [])
  const about = (name: string) => {
    const found = subjects.filter((subject) => subject.includes(name)).map((subject) => subject.join(' '))
    return found.length > 0 ? found : [name]
  }
  return new Set(names.flatMap(about))
}
