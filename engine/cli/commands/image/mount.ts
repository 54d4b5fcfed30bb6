import { type Call, command } from '../../command.ts'
import { refuseRootless } from '../../refuse-rootless.ts'
import { forEach } from '../../flags/targets.ts'
import { goJson } from '../../output/go-json.ts'
import { renderRows } from '../../output/report.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { print } from '../../output/print.ts'

export const imageMount = command({
  summary: "Mount an image's root filesystem",
  description: 'Mounts images read-only and prints where. Lists the mounted images if none is given.',
  usage: '[IMAGE...]',
  examples: ['berth image mount imgID', 'berth image mount', 'berth image mount --all'],
  flags: {
    all: bool('a', 'Mount all images'),
    format: text('', 'Print the mounted images in specified format (json)'),
  },
  local: 'store',
  async run({ args, flags, engine }) {
    if (flags.all && args.length > 0) throw new UsageError('when using the --all switch, you may not pass any image names or IDs')
    if (flags.format !== undefined && flags.format !== '' && flags.format !== 'json')
      throw new UsageError(`unknown --format argument: ${flags.format}`)
    refuseRootless('image mount')
    const api = await engine()
    const names = flags.all ? (await api['image.list']({})).map(({ Id }) => Id) : args
    // None is mounted if one of them is missing.
    for (const name of args) await api['image.exists']({ name })
    const mounted = new Map<string, string>()
    const code = await forEach(
      names.map((name) => ({ ref: name, shown: name })),
      async ({ ref }) => {
        const { Id, Path } = await api['image.mount']({ name: ref })
        mounted.set(Id, Path)
      },
      () => 125,
    )
    if (names.length === 1 && !flags.all && flags.format !== 'json') {
      print([...mounted.values()].map((path) => `${path}\n`).join(''))
      return code
    }
    const all = await api['image.mounts']({})
    printMounts(names.length === 0 ? all : all.filter(({ Id }) => mounted.has(Id)), flags.format === 'json')
    return code
  },
})

type Mounted = Awaited<ReturnType<Awaited<ReturnType<Call['engine']>>['image.mounts']>>

function printMounts(mounts: Mounted, json: boolean): void {
  if (json) {
    const list = mounts.map(({ Id, Names, Repositories, Path }) => ({ id: Id, Names, Repositories, mountpoint: Path }))
    print(`${goJson(list, 1)}\n`)
    return
  }
  const rows = mounts.map(({ Id, Repositories, Path }) => ({ Name: Repositories[0] ?? Id, Path }))
  print(renderRows(rows, { name: 'mounts', type: 'mount', normal: '{{.Name}}\t{{.Path}}', noHeading: true }))
}
