import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { ContainerImage } from '../../../store/index.ts'
import type { Context } from '../../context.ts'

/** What a container takes from its image. */
export interface ImageFacts {
  image: ContainerImage | null
  /** The chain id of the topmost layer; none for an image without layers or a `--rootfs`. */
  parent?: string
  rootfs: string
  entrypoint: string[]
  command: string[]
  env: string[]
  workdir: string
  user: string
  labels: Record<string, string>
  /** Folders that shall be volumes. */
  volumes: string[]
  stopSignal: string
  /** `80/tcp` */
  exposed: string[]
}

/** @throws EngineError `ImageNotFound`, `InvalidArgument`. */
export async function imageFacts(context: Context, spec: ContainerSpec): Promise<ImageFacts> {
  const nothing: ImageFacts = {
    image: null,
    rootfs: spec.rootfs ?? '',
    entrypoint: [],
    command: [],
    env: [],
    workdir: '',
    user: '',
    labels: {},
    volumes: [],
    stopSignal: '',
    exposed: [],
  }
  if (spec.rootfs) return nothing
  if (!spec.image)
    throw new EngineError('InvalidArgument', 'A container needs an image or a root file system.', { details: { field: 'image' } })
  const { resolveImage } = await import('../../images/resolve.ts')
  const found = await resolveImage(context, spec.image)
  const config = found.document.config ?? {}
  return {
    ...nothing,
    image: { id: found.id, name: found.name, digest: found.digest },
    parent: found.topChain,
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    env: config.Env ?? [],
    workdir: config.WorkingDir ?? '',
    user: config.User ?? '',
    labels: config.Labels ?? {},
    volumes: Object.keys(config.Volumes ?? {}),
    stopSignal: config.StopSignal ?? '',
    exposed: Object.keys(config.ExposedPorts ?? {}),
  }
}
