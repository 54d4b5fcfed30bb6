import os from 'node:os'

import { apiVersion, type Output } from '../../contract/index.ts'
import type { Verb } from '../verb.ts'
import { berthVersion } from './berth-version.ts'
import { architecture, distribution } from './machine.ts'
import { programFacts } from './programs.ts'

/** Versions in Docker's document, which libpod serves too. The engine says the libpod version whose API it speaks. */
export const version: Verb<'system.version'> = async (context) => {
  const runtime = await context.runtime().catch(() => undefined)
  const [conmon, oci] = await programFacts(context, ['conmon', runtime?.program ?? 'crun'])
  const arch = architecture()
  const { distribution: name, version: release } = distribution()
  const built = '1970-01-01T00:00:00Z'
  const components: Output<'system.version'>['Components'] = [
    {
      Name: 'Podman Engine',
      Version: apiVersion,
      Details: {
        APIVersion: apiVersion,
        Arch: arch,
        BuildTime: built,
        Experimental: 'false',
        GitCommit: '',
        GoVersion: '',
        KernelVersion: os.release(),
        MinAPIVersion: '4.0.0',
        Os: 'linux',
      },
    },
    { Name: 'Berth', Version: berthVersion() },
    { Name: 'Conmon', Version: conmon?.version ?? '', Details: { Package: conmon?.package ?? '' } },
    { Name: `OCI Runtime (${runtime?.name ?? 'none'})`, Version: oci?.version ?? '', Details: { Package: oci?.package ?? '' } },
  ]
  return {
    Platform: { Name: `linux/${arch}/${name}-${release}` },
    Components: components,
    Version: apiVersion,
    ApiVersion: '1.41',
    MinAPIVersion: '1.24',
    GitCommit: '',
    GoVersion: '',
    Os: 'linux',
    Arch: arch,
    KernelVersion: os.release(),
    BuildTime: built,
  }
}
