import type { DiskUsage } from '../../../contract/index.ts'
import type { Mapping } from '../mapping.ts'
import { familiar, withAlgorithm } from '../names.ts'

/** Disk use in Docker's form. */
export const diskUsage: Mapping<'docker.system.df'> = async (engine, _input, options) =>
  toDiskUsage(await engine['system.df']({}, options))

function toDiskUsage({ Images, Containers, Volumes, ImagesSize }: DiskUsage) {
  const images = Map.groupBy(Images ?? [], ({ ImageID }) => ImageID)
  return {
    LayersSize: ImagesSize ?? 0,
    Images: [...images].map(([id, [image, ...others]]) => ({
      Containers: image?.Containers ?? 0,
      Created: Math.floor(Date.parse(image?.Created ?? '') / 1000),
      Id: withAlgorithm(id),
      Labels: {},
      ParentId: '',
      RepoDigests: [],
      RepoTags: [image, ...others].flatMap((each) =>
        each && each.Tag !== '<none>' ? [familiar(`${each.Repository}:${each.Tag}`)] : [],
      ),
      SharedSize: image?.SharedSize ?? 0,
      Size: image?.Size ?? 0,
      VirtualSize: image?.Size ?? 0,
    })),
    Containers: (Containers ?? []).map((each) => ({
      Id: each.ContainerID,
      Names: [`/${each.Names}`],
      Image: each.Image,
      Command: (each.Command ?? []).join(' '),
      Created: Math.floor(Date.parse(each.Created) / 1000),
      SizeRw: each.RWSize,
      SizeRootFs: each.Size,
      State: each.Status,
      Status: each.Status,
      Mounts: [],
      Ports: [],
      Labels: {},
      HostConfig: {},
      NetworkSettings: null,
    })),
    Volumes: (Volumes ?? []).map((each) => ({
      Name: each.VolumeName,
      Driver: 'local',
      Mountpoint: '',
      Scope: 'local',
      Labels: {},
      Options: {},
      UsageData: { RefCount: each.Links, Size: each.Size },
    })),
    BuildCache: [],
  }
}
