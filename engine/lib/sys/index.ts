/** The system calls that Node lacks. Everything throws errors with `code`, `syscall` and `path`, as Node's `fs` does. */
export { holdPort } from './bound-port.ts'
export { copyRange } from './copy-range.ts'
export { flock, LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN } from './flock.ts'
export { fileTypes, makeDevice, mknod, openInRoot, pathOnly, resolveFlags, utimensat } from './inode.ts'
export { closeOnExec } from './close-range.ts'
export { type IdMappedMount, mountIdMapped } from './id-mapped-mount.ts'
export type { PathLike } from './libc.ts'
export { mount, mountFlags, umount2, umountFlags, unmountIfMounted, unmountLater } from './mount.ts'
export { mountNewNetworkNamespace } from './network-namespace.ts'
export { openPipe } from './pipe.ts'
export { type HeldProcess, holdProcess } from './pidfd.ts'
export { isWithoutQuotas, limitProject, type ProjectLimits, projectOf, setProject } from './project-quota.ts'
export { nextData, seek, tell } from './seek.ts'
export {
  connectSeqpacket,
  duplicateDescriptor,
  type SpareConnection,
  spareConnection,
  sendDatagram,
  limitUnread,
  type PeerCredentials,
  peerCredentials,
  socketPair,
  unreadBytes,
} from './socket.ts'
export { trimMemory } from './trim-memory.ts'
export { nameFile, openUnnamed } from './unnamed-file.ts'
export { lgetxattr, llistxattr, lremovexattr, lsetxattr } from './xattr.ts'
