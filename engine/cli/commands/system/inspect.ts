import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { lookAtContainer } from '../container/inspect.ts'
import { format, latest } from '../../flags/inspect-flags.ts'
import { type Look, showAll } from '../../output/inspect.ts'
import { bool, textOr } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

const image: Look = (api, name) => api['image.inspect']({ name })
const pod: Look = (api, name) => api['pod.inspect']({ name })
const network: Look = (api, name) => api['network.inspect']({ name })
const volume: Look = (api, name) => api['volume.inspect']({ name })
const artifact: Look = (api, name) => api['artifact.inspect']({ name })

const isMissing = (error: unknown): boolean =>
  EngineError.is(error, 'ContainerNotFound', 'ImageNotFound', 'VolumeNotFound', 'NetworkNotFound', 'PodNotFound', 'NotFound') ||
  // A text that cannot be the name of one kind may be another's.
  EngineError.is(error, 'InvalidArgument')

/** The first of several kinds that has such an object. */
const any =
  (size: boolean): Look =>
  async (api, name) => {
    for (const look of [lookAtContainer(size), image, volume, network, pod, artifact]) {
      try {
        return await look(api, name)
      } catch (error) {
        if (!isMissing(error)) throw error
      }
    }
    throw new EngineError('NotFound', `no such object: "${name}"`)
  }

export const inspect = command({
  summary: 'Display the configuration of object denoted by ID',
  description: 'Displays the low-level information on objects: containers, images, volumes, networks, pods and artifacts.',
  usage: 'NAME [NAME...]',
  examples: ['berth inspect web', 'berth inspect --format "{{.State.Status}}" web'],
  flags: {
    format,
    latest,
    size: bool('s', 'Display total file size'),
    type: textOr('t', 'Specify inspect-object type', 'all', {
      choices: ['all', 'artifact', 'container', 'image', 'network', 'pod', 'volume'],
      refusal: 'invalid type "{value}": must be "image", "container", "pod", "network", "volume", "artifact", or "all"',
    }),
  },
  async run({ args, flags, engine }) {
    if (flags.size && !['all', 'container'].includes(flags.type))
      throw new UsageError(`size is not supported for type "${flags.type}"`)
    const looks: Record<string, Look> = { artifact, container: lookAtContainer(flags.size), image, network, pod, volume }
    return showAll(args, flags.format, looks[flags.type] ?? any(flags.size), engine, flags.latest)
  },
})
