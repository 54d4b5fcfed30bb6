import {
  type DockerContainerConfig,
  DockerContainerConfig as Config,
  DockerHostConfig,
} from '../../../../contract/docker/containers.ts'
import { EngineError } from '../../../../errors/index.ts'

/** Fields that say nothing of the container: what the client did, and what it shows. */
const ofTheClient = new Set([
  'AttachStdin',
  'AttachStdout',
  'AttachStderr',
  'StdinOnce',
  'ArgsEscaped',
  'OnBuild',
  'ConsoleSize',
  'ContainerIDFile',
  'Isolation',
  'VolumeDriver',
])

/** What takes the place of a field. */
const insteadOf: Record<string, string> = {
  Links: 'put both containers into a network of their own, where they find each other by name.',
}

/** @throws EngineError `NotSupported` for a field that is not known and asks for something. */
export function checkUnknown(body: DockerContainerConfig): void {
  check('', body, Config.entries)
  check('HostConfig.', body.HostConfig ?? {}, DockerHostConfig.entries)
}

function check(prefix: string, fields: object, known: object): void {
  for (const [name, value] of Object.entries(fields)) {
    if (Object.hasOwn(known, name) || ofTheClient.has(name) || saysNothing(value)) continue
    throw new EngineError(
      'NotSupported',
      `The field ${prefix}${name} of a container is refused: ${insteadOf[name] ?? 'Berth does not have it; leave it out.'}`,
      {
        details: { field: `${prefix}${name}` },
      },
    )
  }
}

function saysNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(saysNothing)
  return value === null || value === undefined || value === '' || value === 0 || value === false
}
