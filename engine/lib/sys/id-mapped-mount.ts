import { closeSync } from 'node:fs'
import { bind, check, cPath } from './libc.ts'

// From linux/mount.h and asm-generic/unistd.h; these numbers are the same on every architecture.
const openTreeNumber = 428
const moveMountNumber = 429
const mountSetattrNumber = 442
const cloneTree = 1
const closeOnExec = 0o2000000
const recursive = 0x8000
const emptyPath = 0x1000
const fromEmptyPath = 4
const idMapped = 0x100000n
const workingDirectory = -100

export interface IdMappedMount {
  source: string
  target: string
  /** A descriptor of the user namespace whose ids are shown. */
  userNamespace: number
  /** With what is mounted below the source. */
  recursive?: boolean
}

/**
 * Mounts a folder or file with the owners that it has in a user namespace (mount_setattr(2), MOUNT_ATTR_IDMAP). Needs CAP_SYS_ADMIN
 * where the file system was mounted, so it is root's alone.
 *
 * @throws an errno error: `EPERM` for others than root, `EINVAL` where the file system or the kernel (before 5.12) cannot; nothing is
 *   then mounted.
 */
export function mountIdMapped({ source, target, userNamespace, recursive: below = false }: IdMappedMount): void {
  const depth = below ? recursive : 0
  const openTree = bind('syscall', 'long', ['long', 'int', 'const char *', 'unsigned int'], 'open_tree')
  const tree = check(
    'open_tree',
    source,
    openTree(openTreeNumber, workingDirectory, cPath(source), cloneTree | closeOnExec | depth),
  )
  try {
    const attributes = Buffer.from(new BigUint64Array([idMapped, 0n, 0n, BigInt(userNamespace)]).buffer)
    const setattr = bind(
      'syscall',
      'long',
      ['long', 'int', 'const char *', 'unsigned int', 'const void *', 'size_t'],
      'mount_setattr',
    )
    check('mount_setattr', source, setattr(mountSetattrNumber, tree, '', emptyPath | depth, attributes, attributes.length))
    const moveMount = bind(
      'syscall',
      'long',
      ['long', 'int', 'const char *', 'int', 'const char *', 'unsigned int'],
      'move_mount',
    )
    check('move_mount', target, moveMount(moveMountNumber, tree, '', workingDirectory, cPath(target), fromEmptyPath))
  } finally {
    closeSync(tree)
  }
}
