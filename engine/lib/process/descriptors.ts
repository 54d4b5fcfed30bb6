import { EngineError } from '../../errors/index.ts'

/** The descriptors above 2 that the launcher left to this process: any other is Node's own. */
const inherited = (): Set<number> => new Set((process.env['BERTH_DESCRIPTORS'] ?? '').split(' ').filter(Boolean).map(Number))

/**
 * Descriptors of the caller's that a process of a container is to get.
 *
 * @param service whether the caller is behind a connection, which carries no descriptors.
 * @returns the same, in order; none where none is asked for.
 * @throws EngineError `NotSupported` through a service; `InvalidArgument` for one that the caller did not open, with podman's message.
 */
export function callersDescriptors(descriptors: readonly number[] | null | undefined, service: boolean): number[] {
  if (!descriptors?.length) return []
  if (service)
    throw new EngineError(
      'NotSupported',
      'File descriptors cannot be passed through a service: leave --preserve-fd and --preserve-fds out, or run berth on that host without --url.',
      { details: { field: 'preserve_fd' } },
    )
  const open = inherited()
  const missing = descriptors.find((descriptor) => !open.has(descriptor))
  if (missing === undefined) return [...new Set(descriptors)].toSorted((a, b) => a - b)
  throw new EngineError(
    'InvalidArgument',
    `file descriptor ${missing} is not available - the preserve-fds option requires that file descriptors must be passed (open it, as ${missing}<FILE does, and start with berth run or exec)`,
    { details: { descriptor: missing } },
  )
}
