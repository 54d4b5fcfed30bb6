/** The system calls that Node lacks. Everything throws errors with `code`, `syscall` and `path`, as Node's `fs` does. */
export { copyRange } from './sys/copy-range.ts'
export { flock, LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN } from './sys/flock.ts'
export { fileTypes, makeDevice, mknod, openInRoot, resolveFlags, utimensat } from './sys/inode.ts'
export type { PathLike } from './sys/libc.ts'
export { mount, mountFlags, umount2, umountFlags, unmountIfMounted } from './sys/mount.ts'
export { openPipe } from './sys/pipe.ts'
export { connectSeqpacket, type PeerCredentials, peerCredentials, socketPair } from './sys/socket.ts'
export { lgetxattr, llistxattr, lremovexattr, lsetxattr } from './sys/xattr.ts'
