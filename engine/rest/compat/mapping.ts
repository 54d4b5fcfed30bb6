import type { CallOptions, Engine } from '../../contract/index.ts'
import type { DockerInput, DockerOperationName, DockerReply } from '../../contract/docker/index.ts'

/** An operation of Docker's API by means of ours. */
export type Mapping<K extends DockerOperationName> = (
  engine: Engine,
  input: DockerInput<K>,
  options: CallOptions,
) => DockerReply<K>
