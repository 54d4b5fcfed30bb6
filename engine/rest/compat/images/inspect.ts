import type { Output } from '../../../contract/index.ts'
import type { Mapping } from '../mapping.ts'
import { familiar, withAlgorithm } from '../names.ts'

type Inspect = Output<'image.inspect'>

/** An image in full in Docker's form. */
export const inspect: Mapping<'docker.image.inspect'> = async (engine, { name }, options) =>
  toInspect(await engine['image.inspect']({ name }, options))

function toInspect(image: Inspect) {
  const config = toConfig(image)
  return {
    Id: withAlgorithm(image.Id),
    RepoTags: image.RepoTags.map(familiar),
    RepoDigests: image.RepoDigests.map(familiar),
    Parent: withAlgorithm(image.Parent),
    Comment: image.Comment,
    Created: image.Created,
    Container: '',
    ContainerConfig: config,
    DockerVersion: image.Version,
    Author: image.Author,
    Config: config,
    Architecture: image.Architecture,
    Os: image.Os,
    Size: image.Size,
    VirtualSize: image.VirtualSize,
    GraphDriver: image.GraphDriver,
    RootFS: image.RootFS,
    Metadata: { LastTagTime: '0001-01-01T00:00:00Z' },
  }
}

/** Docker writes the fields of a container's configuration that an image never has, too. */
function toConfig({ Config, Healthcheck }: Inspect) {
  return {
    Hostname: '',
    Domainname: '',
    User: Config.User ?? '',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ...(Config.ExposedPorts ? { ExposedPorts: Config.ExposedPorts } : {}),
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: Config.Env ?? null,
    Cmd: Config.Cmd ?? null,
    ...(Healthcheck ? { Healthcheck } : {}),
    Image: '',
    Volumes: Config.Volumes ?? null,
    WorkingDir: Config.WorkingDir ?? '',
    Entrypoint: Config.Entrypoint ?? null,
    OnBuild: Config.OnBuild ?? null,
    Labels: Config.Labels ?? null,
    ...(Config.StopSignal ? { StopSignal: Config.StopSignal } : {}),
    ...(Config.Shell ? { Shell: Config.Shell } : {}),
  }
}
