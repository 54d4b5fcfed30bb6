import type { ContainerSummary } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { containerRow, ownFields, statusText } from '../../output/container-row.ts'
import { goJson } from '../../output/go-json.ts'
import { ago } from '../../../spec/duration.ts'
import { renderRows } from '../../output/report.ts'
import { listRow } from '../../output/template/types/list.ts'
import { bool, number, numberOr, text, texts, type Values } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { parseFilters } from '../../flags/targets.ts'
import { print } from '../../output/print.ts'

const flags = {
  all: bool('a', 'Show all the containers, default is only running containers'),
  external: bool('', 'Show containers in storage that are not in the database', false, { hidden: true }),
  filter: texts('f', 'Filter output based on conditions given'),
  format: text('', 'Pretty-print containers to JSON or using a Go template'),
  last: numberOr('n', 'Print the n last created containers (all states)', -1),
  latest: bool('l', 'Show the last created container only'),
  'no-trunc': bool('', 'Display the extended information', false, { aliases: ['notruncate'] }),
  noheading: bool('', 'Do not print headers'),
  ns: bool('', 'Display namespace information', false, { aliases: ['namespace'] }),
  pod: bool('p', 'Print the ID and name of the pod the containers are associated with'),
  quiet: bool('q', 'Print the numeric IDs of the containers only'),
  size: bool('s', 'Display the total file sizes'),
  sort: text('', 'Sort output by: command, created, id, image, names, runningfor, size, status', {
    choices: ['command', 'created', 'id', 'image', 'names', 'runningfor', 'size', 'status'],
  }),
  sync: bool('', 'Sync container state with the OCI runtime'),
  watch: number('w', 'Watch the ps output on an interval in seconds', { value: 'uint' }),
}

export const ps = command({
  summary: 'List containers',
  description: 'Prints out information about the containers.',
  examples: [
    'berth ps -a',
    'berth ps -a --format "{{.ID}}  {{.Image}}  {{.Labels}}  {{.Mounts}}"',
    'berth ps --size --sort names',
  ],
  flags,
  args: { max: 0 },
  async run({ flags, engine }) {
    if (flags.quiet && (flags.size || flags.ns)) throw new UsageError('quiet conflicts with size and namespace')
    if (flags.size && flags.ns) throw new UsageError('size and namespace options conflict')
    if (flags.watch && flags.latest) throw new UsageError('the watch and latest flags cannot be used together')
    if (flags.latest && flags.last >= 0) throw new UsageError('last and latest are mutually exclusive')
    if (flags.all && flags.last >= 0) throw new UsageError('cannot use --all with --last')
    const last = flags.latest ? 1 : flags.last > 0 ? flags.last : undefined
    const api = await engine()
    const list = async () => {
      const input = {
        all: flags.all || last !== undefined,
        last,
        size: flags.size,
        namespace: flags.ns,
        sync: flags.sync,
        filters: parseFilters(flags.filter, (filter) => `invalid filter "${filter}"`),
      }
      return show(sorted(await api['container.list'](input), flags.sort), flags)
    }
    print(await list())
    while (flags.watch) {
      await new Promise((resolve) => setTimeout(resolve, (flags.watch ?? 1) * 1000))
      print(`\u001b[2J\u001b[H${await list()}`)
    }
  },
})

function show(containers: readonly ContainerSummary[], options: Values<typeof flags>): string {
  if (options.format === 'json') return `${goJson(containers.map(jsonRow), 2, true)}\n`
  const long = options['no-trunc']
  const rows = containers.map((container) => (options.format ? reporter : containerRow)(container, long))
  if (options.quiet && !options.format) return rows.map(({ ID }) => `${ID}\n`).join('')
  const normal = options.ns
    ? '{{.ID}}\t{{.Names}}\t{{.PID}}\t{{.CGROUPNS}}\t{{.IPC}}\t{{.MNT}}\t{{.NET}}\t{{.PIDNS}}\t{{.USERNS}}\t{{.UTS}}'
    : `{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}${options.pod ? '\t{{.PodID}}\t{{.PodName}}' : ''}${options.size ? '\t{{.Size}}' : ''}`
  const headings = {
    ID: 'CONTAINER ID',
    Id: 'CONTAINER ID',
    RunningFor: options.format ? 'RUNNING FOR' : 'CREATED',
    PodID: 'POD ID',
    PodName: 'PODNAME',
    PIDNS: 'PIDNS',
    CreatedHuman: 'CREATED',
  }
  return renderRows(rows, {
    name: 'ps',
    type: 'containers.psReporter',
    format: options.format,
    normal,
    headings,
    noHeading: options.noheading,
  })
}

/** A row as podman's templates see it: all of the container's fields as well. */
function reporter(container: ContainerSummary, long: boolean) {
  return listRow('containers.psReporter', 'types.ListContainer', container, ownFields(container, long))
}

/** Podman's JSON has human-readable times beside the engine's own fields. */
function jsonRow(container: ContainerSummary): object {
  const created = Date.parse(container.Created)
  const { Created: _, ...rest } = container
  return { ...rest, CreatedAt: ago(created), Status: statusText(container), Created: Math.floor(created / 1000) }
}

const keys: Record<string, (container: ContainerSummary) => string | number> = {
  command: ({ Command }) => (Command ?? []).join(' '),
  created: ({ Created }) => Created,
  runningfor: ({ Created }) => Created,
  id: ({ Id }) => Id,
  image: ({ Image }) => Image,
  names: ({ Names }) => Names[0] ?? '',
  size: ({ Size }) => (Size ? Size.rootFsSize + Size.rwSize : 0),
  status: ({ State }) => State,
}

function sorted(containers: readonly ContainerSummary[], by: string | undefined): readonly ContainerSummary[] {
  const key = keys[by ?? ''] ?? keys['created']
  if (!key) return containers
  return containers.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}
