import type { ContainerSummary } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { latestContainer } from '../../flags/targets.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { print } from '../../output/print.ts'

/** `80/tcp -> 0.0.0.0:8080`, a line for each published port. */
export function portLines({ Ports }: Pick<ContainerSummary, 'Ports'>): { container: string; host: string }[] {
  return (Ports ?? []).flatMap(({ container_port, host_port, host_ip, protocol, range }) =>
    Array.from({ length: Math.max(1, range ?? 1) }, (_, index) => ({
      container: `${container_port + index}/${protocol ?? 'tcp'}`,
      host: `${host_ip || '0.0.0.0'}:${(host_port ?? 0) + index}`,
    })),
  )
}

export const port = command({
  summary: 'List port mappings or a specific mapping for the container',
  usage: 'CONTAINER [PORT[/PROTOCOL]]',
  flags: { all: bool('a', 'Display port information for all containers'), latest: bool('l', 'Act on the latest container') },
  args: { max: 2 },
  async run({ args, flags, engine }) {
    if (flags.all && flags.latest) throw new UsageError('--all and --latest cannot be used together')
    if (flags.all && args.length > 0) throw new UsageError('no arguments are needed with --all')
    const several = flags.all || flags.latest
    const [name, wanted] = several ? [undefined, args[0]] : args
    if (!several && name === undefined) throw new UsageError('you must supply a running container name or id')
    if (wanted !== undefined && !/^\d+(\/|$)/.test(wanted))
      throw new UsageError(`strconv.ParseUint: parsing "${wanted.split('/')[0]}": invalid syntax`)
    const api = await engine()
    const list =
      name !== undefined
        ? [await named(api, name)]
        : flags.latest
          ? [await latestContainer(api)]
          : await api['container.list']({})
    for (const container of list.filter(({ State }) => State === 'running')) {
      const lines = portLines(container)
      const found =
        wanted === undefined
          ? lines
          : lines.filter((line) => line.container === (wanted.includes('/') ? wanted : `${wanted}/tcp`))
      if (wanted !== undefined && found.length === 0 && lines.length > 0)
        throw new EngineError('InvalidArgument', `failed to find published port "${wanted}"`)
      const prefix = flags.all ? `${container.Id.slice(0, 12)}\t` : ''
      for (const line of found) print(wanted === undefined ? `${prefix}${line.container} -> ${line.host}\n` : `${line.host}\n`)
    }
  },
})

async function named(
  api: Awaited<ReturnType<Parameters<typeof port.run>[0]['engine']>>,
  name: string,
): Promise<ContainerSummary> {
  const { Id } = await api['container.inspect']({ name })
  const [found] = await api['container.list']({ all: true, filters: { id: [Id] } })
  if (!found) throw new EngineError('ContainerNotFound', `no container with name or ID "${name}" found: no such container`)
  return found
}
