import type { Engine } from '../../engine/contract/index.ts'

/** The operations of the fake that are about the engine itself. */
export function systemVerbs(): Partial<Engine> {
  return {
    'system.config': async () => ({
      Files: [
        { Name: 'containers.conf', Path: '/etc/containers/containers.conf', Exists: true, Used: true },
        { Name: 'storage.conf', Path: '/etc/containers/storage.conf', Exists: false, Used: false },
        { Name: 'policy.json', Path: '/etc/containers/policy.json', Exists: true, Used: true, Error: 'It is no JSON.' },
      ],
      Settings: [{ Name: 'containers.pids_limit', Value: '4096' }],
      Search: ['docker.io', 'quay.io'],
      ShortNameMode: 'permissive',
    }),
    'system.check': async ({ repair }) => {
      const damaged: Record<string, string[]> = repair ? {} : { '0123456789ab': ['its blob is damaged'] }
      return {
        Errors: !repair,
        ...{ Layers: damaged, ROLayers: {}, RemovedLayers: [] },
        ...{ Images: {}, ROImages: {}, RemovedImages: {}, Containers: {}, RemovedContainers: {} },
        Repaired: repair ? ['layer 0123456789ab was unpacked again'] : [],
      }
    },
    'system.prune': async () => ({
      ...{
        PodPruneReport: [],
        ContainerPruneReports: [],
        ImagePruneReports: [],
        NetworkPruneReports: [],
        VolumePruneReports: [],
      },
      ReclaimedSpace: 1_340_000_000,
    }),
  }
}
