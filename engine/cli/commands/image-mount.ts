import type { Engine } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { identity } from '../../lib/identity.ts'
import { type Call, command } from '../command.ts'
import { goJson } from '../output/go-json.ts'
import { renderRows } from '../output/report.ts'
import { bool, text } from '../parse/flags.ts'
import { forEach } from '../targets.ts'
import { UsageError } from '../parse/usage-error.ts'

/** What is mounted in someone's own namespace is seen only there: as podman, this is said rather than done for nothing. */
function refuseOutside(name: string): void {
  if (!identity().rootless) return
  throw new EngineError(
    'NotSupported',
    `cannot run command "berth image ${name}" in rootless mode: what it mounts is only visible inside your user namespace`,
  )
}

export const imageMount = command({
  summary: "Mount an image's root filesystem",
  description: 'Mounts images read-only and prints where. Lists the mounted images if none is given.',
  usage: '[IMAGE...]',
  examples: ['berth image mount imgID', 'berth image mount', 'berth image mount --all'],
  flags: {
    all: bool('a', 'Mount all images'),
    format: text('', 'Print the mounted images in specified format (json)'),
  },
  local: true,
  async run({ args, flags, engine }) {
    if (flags.all && args.length > 0) throw new UsageError('when using the --all switch, you may not pass any image names or IDs')
    if (flags.format !== undefined && flags.format !== '' && flags.format !== 'json')
      throw new UsageError(`unknown --format argument: ${flags.format}`)
    refuseOutside('mount')
    const api = await engine()
    const names = flags.all ? (await api['image.list']({})).map(({ Id }) => Id) : args
    // None is mounted if one of them is not here.
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
      process.stdout.write([...mounted.values()].map((path) => `${path}\n`).join(''))
      return code
    }
    const all = await api['image.mounts']({})
    print(names.length === 0 ? all : all.filter(({ Id }) => mounted.has(Id)), flags.format === 'json')
    return code
  },
})

type Mounted = Awaited<ReturnType<Awaited<ReturnType<Call['engine']>>['image.mounts']>>

function print(mounts: Mounted, json: boolean): void {
  if (json) {
    const list = mounts.map(({ Id, Names, Repositories, Path }) => ({ id: Id, Names, Repositories, mountpoint: Path }))
    process.stdout.write(`${goJson(list, 1)}\n`)
    return
  }
  const rows = mounts.map(({ Id, Repositories, Path }) => ({ Name: Repositories[0] ?? Id, Path }))
  process.stdout.write(renderRows(rows, { name: 'mounts', type: 'mount', normal: '{{.Name}}\t{{.Path}}', noHeading: true }))
}

export const imageUnmount = command({
  summary: "Unmount an image's root filesystem",
  description: 'Every mount is counted: an image’s file system goes when it was unmounted as often, or with --force.',
  usage: 'IMAGE [IMAGE...]',
  examples: ['berth image unmount imgID', 'berth image unmount --all'],
  flags: {
    all: bool('a', 'Unmount all of the currently mounted images'),
    force: bool('f', 'Force the complete unmount of the specified mounted images'),
  },
  local: true,
  async run({ args, flags, engine }) {
    if (flags.all && args.length > 0) throw new UsageError('when using the --all switch, you may not pass any image names or IDs')
    if (!flags.all && args.length === 0) throw new UsageError('image name or ID must be specified')
    refuseOutside('unmount')
    const api = await engine()
    const names = flags.all ? (await api['image.mounts']({})).map(({ Id }) => Id) : args
    return await forEach(
      names.map((name) => ({ ref: name, shown: name })),
      async ({ ref }) => unmount(api, ref, flags.force),
      () => 125,
    )
  },
})

/** As podman: one that is not mounted is no failure, and not told. */
async function unmount(api: Engine, name: string, force: boolean): Promise<string | undefined> {
  try {
    return (await api['image.unmount']({ name, force })).Id
  } catch (error) {
    if (EngineError.is(error, 'ImageNotMounted')) return undefined
    throw error
  }
}
