import type { PodSummary } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { ago } from '../../../spec/duration.ts'
import { shortId } from '../../../spec/name.ts'
import { renderRows } from '../../output/report.ts'
import { listRow } from '../../output/template/types/list.ts'
import { bool, text, texts, textOr } from '../../parse/flags.ts'
import { parseFilters } from '../../flags/targets.ts'
import { print } from '../../output/print.ts'

export const podPs = command({
  summary: 'List pods',
  flags: {
    'ctr-ids': bool('', 'Display the container UUIDs. If no-trunc is not set they will be truncated'),
    'ctr-names': bool('', 'Display the container names'),
    'ctr-status': bool('', 'Display the container status'),
    filter: texts('f', 'Filter output based on conditions given'),
    format: text('', 'Pretty-print pods to JSON or using a Go template'),
    latest: bool('l', 'Act on the latest pod'),
    'no-trunc': bool('', 'Do not truncate pod and container IDs'),
    noheading: bool('n', 'Do not print headers'),
    ns: bool('', 'Display namespace information of the pod'),
    quiet: bool('q', 'Print the numeric IDs of the pods only'),
    sort: textOr('', 'Sort output by created, id, name, status or number', 'created', {
      choices: ['created', 'id', 'name', 'number', 'status'],
      refusal: 'invalid option for --sort, options are: created, id, name, number, or status',
    }),
  },
  args: { max: 0 },
  async run({ flags, engine }) {
    const list = await (await engine())['pod.list']({ filters: parseFilters(flags.filter) })
    const oldest = list.toSorted((a, b) => (a.Created < b.Created ? -1 : 1))
    const newest = oldest.toReversed()
    const key = keys[flags.sort]
    const pods = flags.latest
      ? newest.slice(0, 1)
      : key
        ? oldest.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
        : newest
    if (flags.format === 'json') {
      print(`${goJson(pods, 2)}\n`)
      return
    }
    const rows = pods.map((pod) => podRow(pod, flags['no-trunc']))
    if (flags.quiet && !flags.format) {
      print(pods.map(({ Id }) => `${Id}\n`).join(''))
      return
    }
    const shown = [
      flags['ctr-ids'] ? '\t{{.ContainerIds}}' : '',
      flags['ctr-names'] ? '\t{{.ContainerNames}}' : '',
      flags['ctr-status'] ? '\t{{.ContainerStatuses}}' : '',
    ].join('')
    const normal = `{{.ID}}\t{{.Name}}\t{{.Status}}\t{{.Created}}\t{{.InfraID}}${flags.ns ? '\t{{.Cgroup}}\t{{.NamespaceKinds}}' : ''}${shown || '\t{{.NumberOfContainers}}'}`
    const headings = {
      ID: 'POD ID',
      Id: 'POD ID',
      InfraID: 'INFRA ID',
      NumberOfContainers: '# OF CONTAINERS',
      NamespaceKinds: 'NAMESPACES',
      ContainerIds: 'IDS',
      ContainerNames: 'NAMES',
      ContainerStatuses: 'STATUS',
    }
    print(
      renderRows(rows, {
        name: 'ps',
        type: 'pods.ListPodReporter',
        format: flags.format,
        normal,
        headings,
        noHeading: flags.noheading,
      }),
    )
  },
})

const keys: Record<string, (pod: PodSummary) => string | number> = {
  id: ({ Id }) => Id,
  name: ({ Name }) => Name,
  number: ({ Containers }) => Containers.length,
  status: ({ Status }) => Status,
}

function podRow(pod: PodSummary, long: boolean) {
  const id = (value: string) => (long ? value : shortId(value))
  const containers = pod.Containers ?? []
  const created = ago(Date.parse(pod.Created))
  const own = {
    ID: id(pod.Id),
    Id: id(pod.Id),
    Name: pod.Name,
    Status: pod.Status,
    Created: created,
    CreatedHuman: created,
    InfraID: id(pod.InfraId),
    InfraId: id(pod.InfraId),
    NamespaceKinds: '',
    Networks: (pod.Networks ?? []).join(','),
    NumberOfContainers: containers.length,
    ContainerIds: containers.map(({ Id }) => id(Id)).join(','),
    ContainerNames: containers.map(({ Names }) => Names).join(','),
    ContainerStatuses: containers.map(({ Status }) => Status).join(','),
    Restarts: containers.reduce((total, { RestartCount }) => total + RestartCount, 0),
    Label: (name: unknown) => pod.Labels?.[String(name)] ?? '',
  }
  return listRow('pods.ListPodReporter', '*types.ListPodsReport', pod, own)
}
