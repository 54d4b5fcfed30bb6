import type { Engine } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type Call, command } from '../command.ts'
import { goJson } from '../output/go-json.ts'
import { renderValue } from '../output/report.ts'
import { goStruct, goTimestamp } from '../output/template/go-struct.ts'
import { goString } from '../output/template/values.ts'
import { bool, text, textOr } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'
import { inspectFlags, inspectRemote } from '../skopeo/inspect-remote.ts'

type Look = (api: Engine, name: string) => Promise<unknown>

const format = text('f', 'Format the output to a Go template or json', { value: 'string' })
const latest = bool('l', 'Act on the latest one')

const container: Look = (api, name) => api['container.inspect']({ name })
const image: Look = (api, name) => api['image.inspect']({ name })
const pod: Look = (api, name) => api['pod.inspect']({ name })
const network: Look = (api, name) => api['network.inspect']({ name })

/** The first of several kinds that has such an object. */
const any: Look = async (api, name) => {
  for (const look of [container, image, network, pod]) {
    try {
      return await look(api, name)
    } catch (error) {
      if (!EngineError.is(error, 'ContainerNotFound', 'ImageNotFound', 'NetworkNotFound', 'PodNotFound', 'NotFound')) throw error
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
    const sized: Look = (api, name) => api['container.inspect']({ name, size: true })
    const looks: Record<string, Look> = { all: any, container: flags.size ? sized : container, image, network, pod }
    return showAll(args, flags.format, looks[flags.type] ?? any, engine, flags.latest)
  },
})

export const containerInspect = command({
  summary: 'Display the configuration of a container',
  usage: 'CONTAINER [CONTAINER...]',
  flags: { format, latest, size: bool('s', 'Display total file size') },
  run: ({ args, flags, engine }) =>
    showAll(args, flags.format, (api, name) => api['container.inspect']({ name, size: flags.size }), engine, flags.latest),
})

export const imageInspect = command({
  summary: 'Display the configuration of an image',
  description:
    'Displays the low-level information on an image. With --remote, of one at a registry, in a folder or in an archive, without fetching its layers, as skopeo inspect does: docker://REGISTRY/NAME:TAG, dir:PATH, oci:PATH:NAME …',
  usage: 'IMAGE [IMAGE...]',
  examples: ['berth image inspect busybox', 'berth image inspect --remote docker://quay.io/skopeo/stable:latest'],
  flags: {
    ...inspectFlags,
    format,
    remote: bool('', 'Inspect an image where it is: at a registry, in a folder or in an archive'),
  },
  async run({ args, flags, engine }) {
    if (!flags.remote) return showAll(args, flags.format, image, engine, false)
    if (args.length !== 1) throw new UsageError('--remote takes exactly one image')
    await inspectRemote({ args, flags, engine })
    return 0
  },
})

export const podInspect = command({
  summary: 'Display a pod configuration',
  usage: 'POD [POD...]',
  flags: { format },
  run: ({ args, flags, engine }) => showAll(args, flags.format, pod, engine, false),
})

async function showAll(
  args: readonly string[],
  given: string | undefined,
  look: Look,
  engine: Call['engine'],
  last: boolean,
): Promise<number> {
  if (last && args.length > 0) throw new UsageError('--latest and arguments cannot be used together')
  const api = await engine()
  const names = last ? (await api['container.list']({ all: true, last: 1 })).map(({ Id }) => Id) : args
  if (names.length === 0) throw new UsageError('no names or ids specified')
  const found: unknown[] = []
  const failures: string[] = []
  for (const name of names) {
    try {
      found.push(await look(api, name))
    } catch (error) {
      failures.push(`Error: ${EngineError.from(error).message}\n`)
    }
  }
  const template = given === undefined || given === 'json' ? undefined : given
  if (template === undefined) process.stdout.write(`${goJson(found, 5)}\n`)
  else for (const each of found) process.stdout.write(renderValue('inspect', 'interface {}', template, withOldNames(each)))
  process.stderr.write(failures.join(''))
  return failures.length > 0 ? 125 : 0
}

/** Names that Docker's tools, and Go's structures behind podman's JSON, have in templates. */
function withOldNames(value: unknown): unknown {
  const object = value as Record<string, unknown>
  const state = object['State']
  const created = object['Created']
  return {
    ...object,
    ID: object['Id'],
    ...(typeof created === 'string' && /^\d{4}-\d\d-\d\dT/.test(created) ? { Created: goTimestamp(created) } : {}),
    ...('RepoTags' in object ? { HealthCheck: object['Healthcheck'] ?? null } : {}),
    ...(Array.isArray(object['History']) ? { History: object['History'].map(withGoNames) } : {}),
    ...(isObject(state) && 'Healthcheck' in state ? { State: { ...state, Health: state['Healthcheck'] } } : {}),
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** A step of an image's history, which in JSON has the names of OCI's document. */
function withGoNames(step: unknown): unknown {
  const { created, created_by: by, author, comment, empty_layer: empty } = step as Record<string, unknown>
  const fields = {
    Created: typeof created === 'string' ? goTimestamp(created) : null,
    CreatedBy: by ?? '',
    Author: author ?? '',
    Comment: comment ?? '',
    EmptyLayer: empty ?? false,
  }
  return goStruct('v1.History', fields, step, goString)
}
