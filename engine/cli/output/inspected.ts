import { containerTypes } from './template/types/container.ts'
import { imageTypes } from './template/types/image.ts'
import { networkTypes } from './template/types/network.ts'
import { podTypes } from './template/types/pod.ts'
import { volumeTypes } from './template/types/volume.ts'
import { type GoTypes, typed } from './template/typed.ts'

/** What tells what an inspected object is: a field that only it has. */
const kinds: readonly [field: string, types: GoTypes, type: string][] = [
  ['HostConfig', containerTypes, 'define.InspectContainerData'],
  ['RootFS', imageTypes, 'inspect.ImageData'],
  ['CreateInfra', podTypes, 'define.InspectPodData'],
  ['network_interface', networkTypes, 'types.NetworkInspectReport'],
  ['Mountpoint', volumeTypes, 'types.VolumeListReport'],
]

/** An inspected object as templates see it: with the names of podman's fields. */
export function inspected(value: unknown): object {
  const object = value as Record<string, unknown>
  const [, types, type] = kinds.find(([field]) => field in object) ?? []
  return types && type !== undefined ? (typed(types, type, object) as object) : object
}
