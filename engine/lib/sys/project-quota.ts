import { closeSync, constants as fs, openSync } from 'node:fs'
import { bind, check } from './libc.ts'

// From linux/fs.h, linux/quota.h, linux/dqblk_xfs.h and asm-generic/unistd.h.
const getAttributes = 0x801c581f // FS_IOC_FSGETXATTR
const setAttributes = 0x401c5820 // FS_IOC_FSSETXATTR
const attributesLength = 28
const inherited = 0x200 // FS_XFLAG_PROJINHERIT
const quotactlNumber = 443 // quotactl_fd(2), from Linux 5.14
const setLimits = (0x5804 << 8) | 2 // QCMD(Q_XSETQLIM, PRJQUOTA)
const limitsLength = 112 // struct fs_disk_quota
const blockSize = 512

/** The most that the files of a project may take; undefined is no limit. */
export interface ProjectLimits {
  bytes?: number | undefined
  inodes?: number | undefined
}

/**
 * The project that a folder's files belong to; 0 is none. 0 also where the file system has no projects.
 *
 * @throws an errno error of open(2).
 */
export function projectOf(folder: string): number {
  return withFolder(folder, (fd) => {
    const attributes = Buffer.alloc(attributesLength)
    return ioctl()(fd, getAttributes, attributes) === 0 ? attributes.readUInt32LE(12) : 0
  })
}

/**
 * Makes a folder, and what will be made in it, part of a project.
 *
 * @throws an errno error: `ENOTTY`, `EOPNOTSUPP` where the file system has no projects; `EPERM`.
 */
export function setProject(folder: string, project: number): void {
  withFolder(folder, (fd) => {
    const attributes = Buffer.alloc(attributesLength)
    check('FS_IOC_FSGETXATTR', folder, ioctl()(fd, getAttributes, attributes))
    attributes.writeUInt32LE((attributes.readUInt32LE(0) | inherited) >>> 0, 0)
    attributes.writeUInt32LE(project, 12)
    check('FS_IOC_FSSETXATTR', folder, ioctl()(fd, setAttributes, attributes))
  })
}

/**
 * Sets what a project may take on the file system that a folder is on.
 *
 * @throws an errno error: `ENOSYS`, `ESRCH`, `EOPNOTSUPP`, `ENOTTY`, `EINVAL` where it has no project quotas; `EPERM`.
 */
export function limitProject(folder: string, project: number, { bytes = 0, inodes = 0 }: ProjectLimits): void {
  const quota = Buffer.alloc(limitsLength)
  quota.writeInt8(1, 0) // FS_DQUOT_VERSION
  quota.writeInt8(2, 1) // FS_PROJ_QUOTA
  quota.writeUInt16LE(0b1111, 2) // all four limits are meant
  quota.writeUInt32LE(project, 4)
  const blocks = BigInt(Math.ceil(bytes / blockSize))
  for (const offset of [8, 16]) quota.writeBigUInt64LE(blocks, offset)
  for (const offset of [24, 32]) quota.writeBigUInt64LE(BigInt(inodes), offset)
  const quotactl = bind('syscall', 'long', ['long', 'unsigned int', 'unsigned int', 'unsigned int', 'void *'], 'quotactl_fd')
  withFolder(folder, (fd) => check('quotactl_fd', folder, quotactl(quotactlNumber, fd, setLimits, project, quota)))
}

/** What tells that a file system, as it is mounted, has no project quotas. */
export const isWithoutQuotas = (error: unknown): boolean =>
  ['ENOSYS', 'ESRCH', 'EOPNOTSUPP', 'ENOTTY', 'EINVAL', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')

const ioctl = () => bind('ioctl', 'int', ['int', 'unsigned long', 'void *'])

function withFolder<T>(folder: string, work: (fd: number) => T): T {
  const fd = openSync(folder, fs.O_RDONLY | fs.O_DIRECTORY | fs.O_NOFOLLOW)
  try {
    return work(fd)
  } finally {
    closeSync(fd)
  }
}
