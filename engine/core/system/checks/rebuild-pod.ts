import { allContainers, type ContainerRecord, type PodConfig, replacePod, type Row, salvagePod } from '../../../store/index.ts'
import type { CheckJob } from './job.ts'

const shareable = ['net', 'ipc', 'uts', 'pid', 'cgroup'] as const

/** Rebuilds a pod's record from its readable fields and its containers. @returns what was done. */
export async function rebuildPod({ context }: CheckJob, row: Row): Promise<string> {
  const { database } = context
  const [id, name] = [String(row['id']), String(row['name'])]
  const members = allContainers(database, () => {}).filter(({ pod }) => pod === id)
  await database.transaction(() => replacePod(database, id, salvagePod(row, fromMembers(name, members))))
  return `The record of pod ${name} was rebuilt from its containers: unreadable labels and policies are lost.`
}

function fromMembers(name: string, members: readonly ContainerRecord[]): PodConfig {
  const infra = members.find(({ config }) => config.isInfra)
  const others = members.filter((member) => member !== infra)
  const shared = shareable.filter((kind) => others.some(({ config }) => config.namespaces[kind].mode === 'pod'))
  return {
    spec: { name },
    hostname: '',
    labels: {},
    infraId: infra?.id ?? '',
    shared: infra && others.length === 0 ? ['net', 'ipc', 'uts'] : shared,
    exitPolicy: 'continue',
    restart: { name: 'no', maximumRetries: 0 },
    cgroupParent: members[0]?.config.cgroupParent ?? '',
    createCommand: [],
  }
}
