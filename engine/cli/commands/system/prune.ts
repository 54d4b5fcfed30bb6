import { command } from '../../command.ts'
import { confirm } from '../../terminal/confirm.ts'
import { formatSize } from '../../../spec/size.ts'
import { bool, texts } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { parseFilters } from '../../flags/targets.ts'
import { print, printError } from '../../output/print.ts'

interface Flags {
  all: boolean
  build: boolean
  volumes: boolean
}

export const systemPrune = command({
  summary: 'Remove unused data',
  flags: {
    all: bool('a', 'Remove all unused data'),
    build: bool('', 'Remove build containers'),
    external: bool('', 'Remove container data in storage not controlled by berth'),
    filter: texts('', "Provide filter values (e.g. 'label=<key>=<value>')"),
    force: bool('f', 'Do not prompt for confirmation.  The default is false'),
    volumes: bool('', 'Prune volumes'),
  },
  args: { max: 0 },
  async run({ flags, engine }) {
    if (flags.external && (flags.all || flags.volumes))
      throw new UsageError('system prune --external cannot be combined with other options')
    if (!flags.force && !flags.external && !(await confirm(warning(flags)))) return 0
    const report = await (
      await engine()
    )['system.prune']({
      all: flags.all,
      volumes: flags.volumes,
      external: flags.external,
      build: flags.build,
      filters: parseFilters(flags.filter),
    })
    let failed = false
    const section = (title: string, items: readonly { Id?: string; Name?: string; Err?: string | null }[]): void => {
      const removed = items.filter(({ Err }) => !Err)
      if (removed.length > 0) print(`Deleted ${title}\n${removed.map(({ Id, Name }) => `${Id ?? Name}\n`).join('')}`)
      for (const { Err } of items) {
        if (Err) printError(`Error: ${Err}\n`)
        failed ||= Boolean(Err)
      }
    }
    section('Pods', report.PodPruneReport ?? [])
    section('Containers', report.ContainerPruneReports ?? [])
    section('Volumes', report.VolumePruneReports ?? [])
    section('Images', report.ImagePruneReports ?? [])
    section(
      'Networks',
      (report.NetworkPruneReports ?? []).map(({ Name, Error }) => ({ Name, Err: Error ?? null })),
    )
    if (!flags.external) print(`Total reclaimed space: ${formatSize(report.ReclaimedSpace).replace(' ', '')}\n`)
    return failed ? 125 : 0
  },
})

function warning({ all, build, volumes }: Flags): string {
  const lines = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(volumes ? ['all volumes not used by at least one container'] : []),
    ...(build ? ['all build containers'] : []),
    all ? 'all images without at least one container associated with them' : 'all dangling images',
    all ? 'all build cache' : 'all dangling build cache',
  ]
  return `This command removes:\n${lines.map((line) => `\t- ${line}\n`).join('')}`
}
