import { statSync } from 'node:fs'
import { EngineError } from '../../errors/index.ts'
import { isWithoutQuotas, limitProject, type ProjectLimits, setProject } from '../../lib/sys/index.ts'

/** Projects from here on are volumes', by the number of a folder's inode: so no two volumes of a file system have the same. */
const firstProject = 0x4000_0000
const projects = 0x3fff_ffffn

/**
 * Makes the files of a volume a project and sets its limits.
 *
 * @param folder of the volume, which stays the same for its life
 * @param data the folder of its files
 * @throws EngineError `NotSupported`, with podman's message
 */
export function limit(folder: string, data: string, limits: ProjectLimits): void {
  const project = firstProject + Number(statSync(folder, { bigint: true }).ino % projects)
  try {
    setProject(data, project)
    limitProject(data, project, limits)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EPERM' && !isWithoutQuotas(error)) throw error
    const why =
      code === 'EPERM'
        ? 'Only root sets project quotas'
        : 'Filesystem does not support Project Quota: mount it with prjquota, or give a type that has a size of its own, such as tmpfs'
    throw new EngineError('NotSupported', `volume options size and inodes not supported. ${why}`, {
      details: { folder: data },
      cause: error,
    })
  }
}
