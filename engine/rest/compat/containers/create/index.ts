import type { ContainerSpec } from '../../../../contract/index.ts'
import type { DockerContainerConfig } from '../../../../contract/docker/containers.ts'
import { signalNumber } from '../../../../spec/signal.ts'
import type { Mapping } from '../../mapping.ts'
import { platformOf } from '../../platform.ts'
import { given } from '../given.ts'
import { checkUnknown } from './check-unknown.ts'
import { hostFields } from './host-fields.ts'
import { limitFields } from './limit-fields.ts'
import { mountFields } from './mount-fields.ts'
import { networkFields } from './network-fields.ts'

/** Creates a container from Docker's description, field by field; one that asks for what there is not is refused by name. */
export const create: Mapping<'docker.container.create'> = async (engine, { name, platform, body }, options) => {
  checkUnknown(body)
  const { OS, Arch, Variant } = platformOf(platform)
  const host = body.HostConfig ?? {}
  const spec: ContainerSpec = {
    image: body.Image,
    raw_image_name: body.Image,
    ...given({
      name: (name ?? body.Name ?? undefined)?.replace(/^\//, ''),
      image_os: OS,
      image_arch: Arch,
      image_variant: Variant,
    }),
    ...processFields(body),
    ...hostFields(host),
    ...limitFields(host),
    ...mountFields(body),
    ...networkFields(body),
  }
  return engine['container.create']({ body: spec }, options)
}

function processFields(body: DockerContainerConfig): ContainerSpec {
  const { Cmd, Entrypoint, Env, Hostname, User, WorkingDir, Labels, Tty, OpenStdin, StopSignal, StopTimeout, Healthcheck } = body
  const variables = (Env ?? []).map((entry) => [entry, entry.indexOf('=')] as const)
  const unset = variables.filter(([, equals]) => equals < 0).map(([entry]) => entry)
  return {
    ...given({ terminal: Tty, stdin: OpenStdin, labels: Labels, stop_timeout: StopTimeout }),
    ...(Healthcheck ? { healthconfig: given(Healthcheck) } : {}),
    ...(words(Cmd) ? { command: words(Cmd) } : {}),
    ...(words(Entrypoint) ? { entrypoint: words(Entrypoint) } : {}),
    env: Object.fromEntries(variables.filter(([, at]) => at > 0).map(([entry, at]) => [entry.slice(0, at), entry.slice(at + 1)])),
    ...(unset.length > 0 ? { unsetenv: unset } : {}),
    ...(Hostname ? { hostname: Hostname } : {}),
    ...(User ? { user: User } : {}),
    ...(WorkingDir ? { work_dir: WorkingDir } : {}),
    ...(StopSignal ? { stop_signal: signalNumber(StopSignal) } : {}),
  }
}

/** A line is one word. An entrypoint of one empty word, or none, takes away the image's. */
function words(value: readonly string[] | string | null | undefined): string[] | undefined {
  if (value === null || value === undefined) return undefined
  const list = typeof value === 'string' ? [value] : [...value]
  return list.length === 1 && list[0] === '' ? [] : list
}
