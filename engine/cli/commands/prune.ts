import { type Call, command } from '../command.ts'
import { confirm } from '../confirm.ts'
import { bool, texts } from '../parse/flags.ts'
import { parseFilters } from '../targets.ts'

const force = bool('f', 'Do not prompt for confirmation')
const filter = texts('', "Provide filter values (e.g. 'label=<key>=<value>')")

interface Report {
  Id: string
  Err?: string | null
}

function print(reports: readonly Report[]): number {
  for (const { Id, Err } of reports) {
    if (Err) process.stderr.write(`Error: ${Err}\n`)
    else process.stdout.write(`${Id}\n`)
  }
  return reports.some(({ Err }) => Err) ? 125 : 0
}

async function prune(
  flags: { force: boolean },
  warning: string,
  work: (api: Awaited<ReturnType<Call['engine']>>) => Promise<readonly Report[]>,
  engine: Call['engine'],
): Promise<number> {
  if (!flags.force && !(await confirm(warning))) return 0
  return print(await work(await engine()))
}

export const containerPrune = command({
  summary: 'Remove all non running containers',
  flags: { force, filter },
  args: { max: 0 },
  run: ({ flags, engine }) =>
    prune(
      flags,
      'This will remove all non running containers.',
      (api) => api['container.prune']({ filters: parseFilters(flags.filter) }),
      engine,
    ),
})

export const imagePrune = command({
  summary: 'Remove unused images',
  flags: {
    all: bool('a', 'Remove all images not in use by containers, not just dangling ones'),
    'build-cache': bool('', 'Remove persistent build cache created by --mount=type=cache'),
    external: bool('', 'Remove images even when they are used by external containers (e.g., by build containers)'),
    force,
    filter,
  },
  args: { max: 0 },
  run: ({ flags, engine }) =>
    prune(
      flags,
      flags.all
        ? 'This command removes all images without at least one container associated with them.'
        : 'This command removes all dangling images.',
      (api) => api['image.prune']({ all: flags.all, filters: parseFilters(flags.filter) }),
      engine,
    ),
})

export const podPrune = command({
  summary: 'Remove all stopped pods and their containers',
  flags: { force },
  args: { max: 0 },
  run: ({ flags, engine }) => prune(flags, 'This will remove all stopped/exited pods..', (api) => api['pod.prune']({}), engine),
})
