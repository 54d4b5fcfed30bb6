import type { ContainerSummary, PodSummary } from '../engine/live/live-data.ts'

/** A group of containers. `alone` holds those without pod and project. */
export interface Group {
  readonly kind: 'alone' | 'pod' | 'compose'
  readonly key: string
  readonly name: string
  readonly pod?: PodSummary
  readonly containers: readonly ContainerSummary[]
}

/** What containers are grouped by: pods and compose projects, one of them, or nothing. */
export const groupings = ['all', 'pod', 'compose', 'none'] as const
export type Grouping = (typeof groupings)[number]

const projectLabels = ['com.docker.compose.project', 'io.podman.compose.project']

/** The compose project of a container. */
export function composeProject({ Labels }: ContainerSummary): string | undefined {
  return projectLabels.map((label) => Labels?.[label]).find(Boolean)
}

/**
 * Groups containers: first those without group, then pods, then compose projects, each by name.
 * The order within a group is kept. `emptyPods` includes pods without containers. What is not grouped by is alone.
 */
export function groupContainers(
  containers: readonly ContainerSummary[],
  pods: readonly PodSummary[],
  { by, emptyPods }: { by: Grouping; emptyPods: boolean },
): Group[] {
  const [byPods, byProjects] = [by === 'all' || by === 'pod', by === 'all' || by === 'compose']
  const alone: ContainerSummary[] = []
  const byPod = new Map<string, ContainerSummary[]>()
  const byProject = new Map<string, ContainerSummary[]>()
  for (const container of containers) {
    const project = byProjects ? composeProject(container) : undefined
    if (byPods && container.Pod) push(byPod, container.Pod, container)
    else if (project !== undefined) push(byProject, project, container)
    else alone.push(container)
  }
  const shownPods = pods
    .filter(({ Id }) => (byPods && emptyPods) || byPod.has(Id))
    .toSorted((a, b) => a.Name.localeCompare(b.Name))
  const known = new Set(pods.map(({ Id }) => Id))
  return [
    ...(alone.length > 0 ? [{ kind: 'alone' as const, key: 'alone', name: '', containers: alone }] : []),
    ...shownPods.map((pod): Group => ({ kind: 'pod', key: pod.Id, name: pod.Name, pod, containers: byPod.get(pod.Id) ?? [] })),
    // The list of pods may be older than the list of containers.
    ...[...byPod]
      .filter(([id]) => !known.has(id))
      .map(([id, members]): Group => ({ kind: 'pod', key: id, name: members[0]!.PodName, containers: members })),
    ...[...byProject]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, members]): Group => ({ kind: 'compose', key: `compose ${name}`, name, containers: members })),
  ]
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
