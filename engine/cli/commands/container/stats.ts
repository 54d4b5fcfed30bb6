import type { ContainerStats } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { formatDuration } from '../../../spec/duration.ts'
import { formatBinarySize, formatSize } from '../../../spec/size.ts'
import { shortId } from '../../../spec/name.ts'
import { showStats } from '../../output/show-stats.ts'
import { listRow } from '../../output/template/types/list.ts'
import { missingAs } from '../../output/missing.ts'
import { latestContainer } from '../../flags/targets.ts'
import { bool, numberOr, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

const normal =
  '{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDS}}\t{{.UpTime}}\t{{.AVGCPU}}'
const headings = {
  CPUPerc: 'CPU %',
  MemUsage: 'MEM USAGE / LIMIT',
  MemUsageBytes: 'MEM USAGE / LIMIT',
  MemPerc: 'MEM %',
  NetIO: 'NET IO',
  BlockIO: 'BLOCK IO',
  UpTime: 'CPU TIME',
  AVGCPU: 'AVG CPU %',
}

export const stats = command({
  summary: 'Display a live stream of container resource usage statistics',
  usage: '[CONTAINER...]',
  examples: ['berth stats --all --no-stream', 'berth stats --no-stream --format "table {{.ID}} {{.Name}} {{.MemUsage}}" web'],
  flags: {
    all: bool('a', 'Show all containers. Only running containers are shown by default'),
    format: text('', 'Pretty-print container statistics to JSON or using a Go template'),
    interval: numberOr('i', 'Time in seconds between stats reports', 5),
    latest: bool('l', 'Act on the latest container'),
    'no-reset': bool('', 'Disable resetting the screen between intervals'),
    'no-stream': bool('', 'Disable streaming stats and only pull the first result'),
    'no-trunc': bool('', 'Do not truncate output'),
  },
  async run({ args, flags, engine }) {
    if ([flags.all, flags.latest, args.length > 0].filter(Boolean).length > 1)
      throw new UsageError('--all, --latest and containers cannot be used together')
    const api = await engine()
    const containers = flags.latest ? [(await latestContainer(api)).Id] : args
    const stream = !flags['no-stream']
    const input = { containers, all: flags.all, stream, interval: flags.interval }
    for (const name of args) await api['container.exists']({ name }).catch(missingAs('ContainerNotFound', unknown(name)))
    await showStats((signal) => api['container.stats'](input, { signal }), {
      name: 'stats',
      type: 'containers.containerStats',
      format: flags.format,
      normal,
      headings,
      stream,
      reset: !flags['no-reset'],
      rows: ({ Stats }) => Stats.map((each) => statsRow(each, flags['no-trunc'])),
      json: { row: jsonRow, indent: 1 },
    })
  },
})

/** What podman says of a name that it does not find. */
const unknown = (name: string) => (message: string) =>
  `unable to get list of containers: unable to look up container ${name}: ${message}`

/** One container's use under the names that templates use. */
export function statsRow(each: ContainerStats, long = false) {
  const network = Object.values(each.Network ?? {})
  const sum = (pick: (net: (typeof network)[number]) => number) => network.reduce((total, net) => total + pick(net), 0)
  const own = {
    ID: long ? each.ContainerID : shortId(each.ContainerID),
    Name: each.Name,
    CPUPerc: `${each.CPU.toFixed(2)}%`,
    AVGCPU: `${each.AvgCPU.toFixed(2)}%`,
    MemUsage: `${formatSize(each.MemUsage)} / ${formatSize(each.MemLimit)}`,
    MemUsageBytes: `${formatBinarySize(each.MemUsage)} / ${formatBinarySize(each.MemLimit)}`,
    MemPerc: `${each.MemPerc.toFixed(2)}%`,
    NetIO: `${formatSize(sum(({ RxBytes }) => RxBytes))} / ${formatSize(sum(({ TxBytes }) => TxBytes))}`,
    NetInput: sum(({ RxBytes }) => RxBytes),
    NetOutput: sum(({ TxBytes }) => TxBytes),
    BlockIO: `${formatSize(each.BlockInput)} / ${formatSize(each.BlockOutput)}`,
    PIDS: each.PIDs,
    UpTime: formatDuration(each.UpTime),
    Up: formatDuration(each.UpTime),
  }
  return listRow('containers.containerStats', 'define.ContainerStats', each, own)
}

function jsonRow(row: ReturnType<typeof statsRow>): object {
  return {
    id: row.ID,
    name: row.Name,
    cpu_time: row.UpTime,
    cpu_percent: row.CPUPerc,
    avg_cpu: row.AVGCPU,
    mem_usage: row.MemUsage,
    mem_percent: row.MemPerc,
    net_io: row.NetIO,
    block_io: row.BlockIO,
    pids: String(row.PIDS),
  }
}
