import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { format, latest } from '../../flags/inspect-flags.ts'
import { type Look, showAll } from '../../output/inspect.ts'
import { bool, textOr } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

const container =
  (size: boolean): Look =>
  async (api, name) =>
    await api['container.inspect']({ name, size })
const image: Look = (api, name) => api['image.inspect']({ name })
const pod: Look = (api, name) => api['pod.inspect']({ name })
const network: Look = (api, name) => api['network.inspect']({ name })

/** The first of several kinds that has such an object. */
const any =
  (size: boolean): Look =>
  async (api, name) => {
    for (const look of [container(size), image, network, pod]) {
      try {
        return await look(api, name)
      } catch (error) {
        if (!EngineError.is(error, 'ContainerNotFound', 'ImageNotFound', 'NetworkNotFound', 'PodNotFound', 'NotFound'))
          throw error
      }
    }
    throw new EngineError('NotFound', `no such object: "${name}"`)
  }

export const inspect = command({
  summary: 'Display the configuration of object denoted by ID',
  description: 'Displays the low-level information on objects: containers, images, networks and pods.',
  usage: 'NAME [NAME...]',
  examples: ['berth inspect web', 'berth inspect --format "{{.State.Status}}" web'],
  flags: {
    format,
    latest,
    size: bool('s', 'Display total file size'),
    type: textOr('t', 'Specify inspect-object type', 'all', { choices: ['all', 'container', 'image', 'network', 'pod'] }),
  },
  async run({ args, flags, engine }) {
    if (flags.size && !['all', 'container'].includes(flags.type))
      throw new UsageError(`size is not supported for type "${flags.type}"`)
    const looks: Record<string, Look> = { container: container(flags.size), image, network, pod }
    return showAll(args, flags.format, looks[flags.type] ?? any(flags.size), engine, flags.latest)
  },
})
