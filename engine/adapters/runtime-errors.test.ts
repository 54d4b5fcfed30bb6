import { expect, test } from 'vitest'
import { runtimeError, runtimeMessage } from './runtime-errors.ts'

const json = (msg: string, level = 'error') => `${JSON.stringify({ msg, level, time: '2026-11-24T08:55:56Z' })}\n`
const failed = { runtime: 'crun', action: 'create', id: 'abc' }

test('errors are taken from JSON lines, without warnings and repeated text', () => {
  expect(runtimeMessage(`${json('lesser', 'warning')}${json('the reason')}the reason of the loader\n`)).toBe('the reason')
  expect(runtimeMessage('plain text\n')).toBe('plain text')
  expect(runtimeMessage('')).toBe('')
})

// Seen from crun 1.21 and runc 1.1.15.
test.each([
  ['executable file `nope` not found in $PATH: No such file or directory', 'CommandNotFound'],
  [
    'runc create failed: unable to start container process: exec: "/nope": stat /nope: no such file or directory',
    'CommandNotFound',
  ],
  ['exec failed: unable to start container process: exec: "nope": executable file not found in $PATH', 'CommandNotFound'],
  ['open executable: Permission denied', 'CommandNotExecutable'],
  ['open executable: Operation not permitted', 'CommandNotExecutable'],
  ['runc create failed: unable to start container process: exec: "/etc/passwd": permission denied', 'CommandNotExecutable'],
  ['runc create failed: unable to start container process: exec: "/etc": is a directory', 'CommandNotExecutable'],
  ['container does not exist', 'ContainerNotFound'],
  ['error opening file `/run/berth/runtime/abc/status`: No such file or directory', 'ContainerNotFound'],
  ['cannot open directory `/run/berth/runtime/abc`: No such file or directory', 'ContainerNotFound'],
  ['the path `/etc` is not a regular file: Operation not permitted', 'CommandNotExecutable'],
  ['the path `/etc/passwd` exists but it is not executable: Operation not permitted', 'CommandNotExecutable'],
  ['executable file `/nope` not found: No such file or directory', 'CommandNotFound'],
  ['cannot find `` in $PATH: No such file or directory', 'CommandNotFound'],
  ['the container `abc` is not in `created` or `stopped` state', 'ContainerStateInvalid'],
  ['cannot stat `/nope/x`: No such file or directory', 'RuntimeFailed'],
  ['container not running', 'ContainerStateInvalid'],
  ['cannot start an already running container', 'ContainerStateInvalid'],
  ['exec failed: cannot exec in a paused container (use --ignore-paused to override)', 'ContainerStateInvalid'],
  ['cannot delete container abc that is not stopped: running', 'ContainerStateInvalid'],
  ['kill container: No such process', 'ContainerStateInvalid'],
  ['the container `abc` is not running', 'ContainerStateInvalid'],
  ['the container `abc` is not paused', 'ContainerStateInvalid'],
  ['opening file `memory.max` for writing: No such file or directory', 'CgroupUnavailable'],
  ['cannot pause the container without a cgroup', 'CgroupUnavailable'],
  ['cannot toggle freezer: cgroups not configured for container', 'CgroupUnavailable'],
  ['error mounting "/nope" to rootfs at "/mnt": bind mount source stat: stat /nope: no such file or directory', 'RuntimeFailed'],
  ['writing file `/sys/fs/cgroup/memory.max`: Permission denied', 'RuntimeFailed'],
  ['setrlimit `RLIMIT_NOFILE`: Operation not permitted', 'RuntimeFailed'],
] as const)('%s → %s', (text, code) => {
  expect(runtimeError(failed, json(text)).code).toBe(code)
})

test("a missing command is reported with podman's message", () => {
  expect(runtimeError(failed, json('executable file `x` not found in $PATH: No such file or directory')).message).toBe(
    'crun: executable file `x` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
  )
})

test('silence is given a reason', () => {
  expect(runtimeError(failed, '', 'it ended with status 1').message).toBe('OCI runtime error: crun: it ended with status 1')
})
