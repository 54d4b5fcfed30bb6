import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as sys from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-sys-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const needsRoot = process.getuid?.() !== 0

test('errors look like those of fs', () => {
  expect(() => sys.umount2('/nonexistent')).toThrow(
    expect.objectContaining({ code: 'ENOENT', syscall: 'umount2', path: '/nonexistent' }),
  )
  expect(() => sys.utimensat('a\0b', 0n, 0n)).toThrow(expect.objectContaining({ code: 'EINVAL' }))
})

test('any number of mounts are unmounted at once, where nothing is mounted too', async () => {
  const results = await Promise.all(Array.from({ length: 2000 }, () => sys.unmountLater('/nonexistent')))
  expect(results.filter(Boolean)).toEqual([])
})

test('mount options that the kernel would cut off are refused', () => {
  expect(() => sys.mount('overlay', folder, 'overlay', 0, 'x'.repeat(4096))).toThrow(expect.objectContaining({ code: 'E2BIG' }))
})

test.skipIf(needsRoot)('needs CAP_SYS_ADMIN: a tmpfs is mounted and unmounted, and unmounting again is no failure', () => {
  sys.mount('tmpfs', folder, 'tmpfs', sys.mountFlags.noSuid | sys.mountFlags.noDev, 'size=1m,mode=0700')
  expect(readFileSync('/proc/self/mounts', 'utf8')).toContain(folder)
  expect(sys.unmountIfMounted(folder)).toBe(true)
  expect(sys.unmountIfMounted(folder)).toBe(false)
})

test('a lock keeps another open file out', () => {
  const file = path.join(folder, 'lock')
  const [one, two] = [openSync(file, 'w'), openSync(file, 'w')]
  expect(sys.flock(one, sys.LOCK_EX | sys.LOCK_NB)).toBe(true)
  expect(sys.flock(two, sys.LOCK_EX | sys.LOCK_NB)).toBe(false)
  sys.flock(one, sys.LOCK_UN)
  expect(sys.flock(two, sys.LOCK_SH | sys.LOCK_NB)).toBe(true)
  closeSync(one)
  closeSync(two)
})

test('extended attributes of the link itself, of names that are not UTF-8, and absent ones', () => {
  const file = path.join(folder, 'f')
  writeFileSync(file, '')
  symlinkSync(file, path.join(folder, 'link'))
  sys.lsetxattr(file, 'user.berth', Buffer.from([0, 255, 1]))
  expect(sys.lgetxattr(file, 'user.berth')).toEqual(Buffer.from([0, 255, 1]))
  expect(sys.llistxattr(Buffer.from(file))).toContain('user.berth')
  expect(sys.lgetxattr(path.join(folder, 'link'), 'user.berth')).toBeNull()
  sys.lremovexattr(file, 'user.berth')
  sys.lremovexattr(file, 'user.berth')
  expect(sys.lgetxattr(file, 'user.berth')).toBeNull()
  expect(() => sys.lgetxattr(path.join(folder, 'none'), 'user.berth')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})

test.skipIf(needsRoot)('needs CAP_MKNOD: devices with large numbers', () => {
  const file = path.join(folder, 'device')
  sys.mknod(file, sys.fileTypes.character | 0o600, 259, 300)
  expect(statSync(file, { bigint: true }).rdev).toBe(sys.makeDevice(259, 300))
})

test('fifos need no rights', () => {
  sys.mknod(path.join(folder, 'fifo'), sys.fileTypes.fifo | 0o600)
  expect(statSync(path.join(folder, 'fifo')).isFIFO()).toBe(true)
})

test.each([1_700_000_000_123_456_789n, 0n, -1n, -1_500_000_000n])('time %d is kept to the nanosecond, on a link too', (time) => {
  const link = path.join(folder, 'dangling')
  symlinkSync('nowhere', link)
  sys.utimensat(link, time, time)
  expect(lstatSync(link, { bigint: true }).mtimeNs).toBe(time)
})

test('nothing leads out of a root', () => {
  const root = path.join(folder, 'root')
  mkdirSync(root)
  writeFileSync(path.join(folder, 'secret'), 'outside')
  writeFileSync(path.join(root, 'secret'), 'inside')
  symlinkSync('../../../../../../secret', path.join(root, 'up'))
  symlinkSync('/secret', path.join(root, 'absolute'))
  const fd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY)
  for (const name of ['up', 'absolute', '../secret', '/secret']) {
    const file = sys.openInRoot(fd, name, constants.O_RDONLY)
    expect(readFileSync(file, 'utf8')).toBe('inside')
    closeSync(file)
  }
  closeSync(fd)
})

test('the credentials of a peer are those of its process', async () => {
  const own = await mkdtemp(path.join(tmpdir(), 'berth-peer-'))
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(path.join(own, 's'), resolve))
  const accepted = new Promise<net.Socket>((resolve) => server.once('connection', resolve))
  const client = net.connect(path.join(own, 's'))
  const peer = sys.peerCredentials(await accepted)
  expect(peer).toEqual({ pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() })
  client.destroy()
  ;(await accepted).destroy()
  server.close()
  await rm(own, { recursive: true })
})

test('a socket path that does not fit is refused before it is cut', () => {
  expect(() => sys.connectSeqpacket(`/${'x'.repeat(107)}`)).toThrow(expect.objectContaining({ code: 'ENAMETOOLONG' }))
})
