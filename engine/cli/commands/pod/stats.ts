import { command } from '../../command.ts'
import { newestPods } from '../../flags/targets.ts'
import { showStats } from '../../output/show-stats.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

const normal = '{{.Pod}}\t{{.CID}}\t{{.Name}}\t{{.CPU}}\t{{.MemUsage}}\t{{.Mem}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDS}}'
const headings = {
  CPU: 'CPU %',
  MemUsage: 'MEM USAGE/ LIMIT',
  MemUsageBytes: 'MEM USAGE/ LIMIT',
  Mem: 'MEM %',
  NetIO: 'NET IO',
  BlockIO: 'BLOCK IO',
}

export const podStats = command({
  summary: 'Display a live stream of resource usage statistics for the containers in one or more pods',
  usage: '[POD...]',
  examples: ['berth pod stats shop', 'berth pod stats --all --no-stream'],
  flags: {
    all: bool('a', 'Provide stats for all pods'),
    format: text('', 'Pretty-print container statistics to JSON or using a Go template'),
    latest: bool('l', 'Act on the latest pod'),
    'no-reset': bool('', 'Disable resetting the screen when streaming'),
    'no-stream': bool('', 'Disable streaming stats and only pull the first result'),
  },
  async run({ args, flags, engine }) {
    if ((flags.all ? 1 : 0) + (flags.latest ? 1 : 0) + (args.length > 0 ? 1 : 0) > 1)
      throw new UsageError('--all, --latest and arguments cannot be used together')
    const api = await engine()
    const namesOrIDs = flags.latest ? (await newestPods(api)).map(({ Id }) => Id) : [...args]
    const stream = !flags['no-stream']
    await showStats((signal) => api['pod.stats']({ namesOrIDs, all: flags.all, stream }, { signal }), {
      name: 'pod stats',
      type: 'entities.PodStatsReport',
      format: flags.format,
      normal,
      headings,
      stream,
      reset: !flags['no-reset'],
      rows: (found) => found,
      json: { indent: 5 },
    })
  },
})
