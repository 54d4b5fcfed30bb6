import type { Engine } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { chooseContainers, forEach } from '../../flags/targets.ts'
import { goJson } from '../../output/go-json.ts'
import { print } from '../../output/print.ts'
import { renderRows } from '../../output/report.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { refuseRootless } from '../../refuse-rootless.ts'

export const mount = command({
  summary: "Mount a working container's root filesystem",
  description: 'Mounts containers and prints where, without their volumes. Lists those that are mounted if none is given.',
  usage: '[CONTAINER...]',
  examples: ['berth mount ctrID', 'berth mount', 'berth mount --all'],
  flags: {
    all: bool('a', 'Mount all containers'),
    format: text('', 'Print the mounted containers in specified format (json)'),
    latest: bool('l', 'Act on the latest container'),
    'no-trunc': bool('', 'Do not truncate output', false, { aliases: ['notruncate'] }),
  },
  local: 'store',
  async run({ args, flags, engine }) {
    if (flags.all && args.length > 0) throw new UsageError('no arguments are needed with --all')
    if (flags.latest && args.length > 0) throw new UsageError('--latest and containers cannot be used together')
    if (flags.format !== undefined && flags.format !== '' && flags.format !== 'json')
      throw new UsageError(`unknown --format argument: ${JSON.stringify(flags.format)}`)
    refuseRootless('mount')
    const api = await engine()
    if (!flags.all && !flags.latest && args.length === 0) return await list(api, flags.format === 'json', flags['no-trunc'])
    const paths: string[] = []
    const code = await forEach(await chooseContainers(api, args, flags), async ({ ref }) => {
      paths.push(await api['container.mount']({ name: ref }))
    })
    print(paths.map((path) => `${path}\n`).join(''))
    return code
  },
})

async function list(api: Engine, json: boolean, whole: boolean): Promise<number> {
  const [mounted, containers] = [await api['container.mounts']({}), await api['container.list']({ all: true })]
  const rows = containers.flatMap(({ Id, Names }) => {
    const path = mounted[Id]
    return path === undefined ? [] : [{ id: Id, Names, mountpoint: path }]
  })
  if (json) print(`${goJson(rows, 1)}\n`)
  else {
    const shown = rows.map(({ id, mountpoint }) => ({ ID: whole ? id : id.slice(0, 12), Path: mountpoint }))
    print(renderRows(shown, { name: 'mounts', type: 'mount', normal: '{{.ID}}\t{{.Path}}', noHeading: true }))
  }
  return 0
}
