import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { ImageHealthcheck } from '../../../image/config.ts'
import { type Platform, wantedPlatform } from '../../../image/platform.ts'
import type { ContainerImage } from '../../../store/index.ts'
import type { Context } from '../../context.ts'

/** The image's defaults for a container. */
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
  /** Folders that become anonymous volumes. */
  volumes: string[]
  stopSignal: string
  /** `80/tcp` */
  exposed: string[]
  /** How it is to be checked. */
  healthcheck?: ImageHealthcheck
}

/** @throws EngineError `ImageNotFound`, also where the image here is for another platform than the one asked for; `InvalidArgument`. */
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
  const name = spec.image || spec.raw_image_name
  if (!name)
    throw new EngineError('InvalidArgument', 'A container needs an image or a root file system.', { details: { field: 'image' } })
  const { resolveImage } = await import('../../images/resolve/resolve-image.ts')
  const found = await resolveImage(context, name, platformOf(spec))
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
    healthcheck: found.document.healthcheck,
  }
}

/** The platform that was asked for, if one was. */
function platformOf({ image_os, image_arch, image_variant }: ContainerSpec): Platform | undefined {
  if (!image_os && !image_arch && !image_variant) return undefined
  return wantedPlatform({ os: image_os, architecture: image_arch, variant: image_variant })
}
