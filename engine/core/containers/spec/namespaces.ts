import { EngineError } from '../../../errors/index.ts'
import { isAlive } from '../../../lib/process/process.ts'
import { containerById, type ContainerRecord, type NamespaceChoice } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import type { OciNamespace } from './oci.ts'

const kernelNames = { user: 'user', pid: 'pid', network: 'net', ipc: 'ipc', uts: 'uts', cgroup: 'cgroup' } as const

/**
 * The namespaces the runtime makes or joins. Those of another container are its process's, so it must run.
 *
 * @param netns the container's own network namespace, where it has one.
 * @throws EngineError `ContainerDependency` if the other container does not run.
 */
export function containerNamespaces(context: Context, { config }: ContainerRecord, netns: string): OciNamespace[] {
  const { namespaces } = config
  const list: OciNamespace[] = [{ type: 'mount' }]
  const add = (type: keyof typeof kernelNames, choice: NamespaceChoice) => {
    switch (choice.mode) {
      case 'host':
        return
      case 'container':
      case 'pod':
        return void list.push({ type, path: `/proc/${runningPid(context, choice.value ?? '')}/ns/${kernelNames[type]}` })
      case 'path':
        return void list.push({ type, path: choice.value })
      default:
        list.push({ type })
    }
  }
  if (config.idMappings) add('user', namespaces.user)
  add('pid', namespaces.pid)
  add('ipc', namespaces.ipc)
  add('uts', namespaces.uts)
  add('cgroup', namespaces.cgroup)
  if (netns !== '') list.push({ type: 'network', path: netns })
  else add('network', namespaces.net)
  return list
}

/** The process whose namespaces are shared. */
export function runningPid(context: Context, id: string): number {
  const other = containerById(context.database, id)
  if (other && other.state.pid > 0 && isAlive(other.state.pid, other.state.pidStart)) return other.state.pid
  throw new EngineError(
    'ContainerDependency',
    `some dependencies of container are not started: ${other?.name ?? id}: container state improper`,
    { details: { container: id } },
  )
}
