import type { GoTypes } from '../typed.ts'

/** The types that `image inspect` answers with. */
export const imageTypes: GoTypes = {
  'inspect.ImageData':
    'ID=Id string; Digest string; RepoTags []string; RepoDigests []string; Parent string; Comment string; Created *time.Time; Config *v1.ImageConfig; Version string; Author string; Architecture string; Os string; Size int; VirtualSize int; GraphDriver *define.DriverData; RootFS *inspect.RootFS; Labels map[string]string; Annotations map[string]string; ManifestType string; User string; History []v1.History; NamesHistory []string; HealthCheck=Healthcheck *manifest.Schema2HealthConfig; @Id ID',
  'v1.ImageConfig':
    'User string; ExposedPorts map[string]struct {}; Env []string; Entrypoint []string; Cmd []string; Volumes map[string]struct {}; WorkingDir string; Labels map[string]string; StopSignal string; ArgsEscaped bool',
  'define.DriverData': 'Name string; Data map[string]string',
  'inspect.RootFS': 'Type string; Layers []string',
  'v1.History':
    'Created=created *time.Time; CreatedBy=created_by string; Author=author string; Comment=comment string; EmptyLayer=empty_layer bool',
  'manifest.Schema2HealthConfig':
    'Test []string; StartPeriod time.Duration; StartInterval time.Duration; Interval time.Duration; Timeout time.Duration; Retries int',
}
