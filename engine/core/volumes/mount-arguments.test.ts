import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { parseVolumeOptions } from '../../spec/volume-options.ts'
import { runMount } from '../../adapters/mount.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-mount-'))
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** In the place of mount(8): notes its arguments, and fails with a message if there is one. */
function fakeMount(message = ''): void {
  const end = message === '' ? '' : `echo '${message}' >&2; exit 32`
  writeFileSync(join(folder, 'mount'), `#!/bin/sh\nprintf '%s\\n' "$@" >${folder}/words\n${end}\n`)
  chmodSync(join(folder, 'mount'), 0o755)
}

test.each<[Record<string, string>, string[]]>([
  [
    { type: 'nfs', device: 'server:/export', o: 'addr=192.0.2.1,rw,nfsvers=4' },
    ['-o', 'addr=192.0.2.1,rw,nfsvers=4', '-t', 'nfs', '--', 'server:/export'],
  ],
  [
    { type: 'cifs', device: '//server/share', o: 'credentials=/etc/cifs,uid=7,vers=3.0' },
    ['-o', 'credentials=/etc/cifs,vers=3.0', '-t', 'cifs', '--', '//server/share'],
  ],
  [{ type: 'none', device: '/srv', o: 'bind,ro' }, ['-o', 'bind,ro', '--', '/srv']],
  [{ type: 'ext4', device: '/dev/vdb' }, ['-t', 'ext4', '--', '/dev/vdb']],
])('a volume %j is mounted with the words of its options', async (given, words) => {
  fakeMount()
  await runMount(parseVolumeOptions('local', given).mount!, '/store/_data')
  expect(readFileSync(join(folder, 'words'), 'utf8')).toBe([...words, '/store/_data', ''].join('\n'))
})

test('what a host lacks is said by mount itself', async () => {
  fakeMount('mount: /store/_data: bad option; for several filesystems (e.g. nfs, cifs) you might need a helper program.')
  await expect(runMount({ type: 'nfs', device: 'server:/x', options: [] }, '/store/_data')).rejects.toMatchObject({
    code: 'ProgramFailed',
    message: 'bad option; for several filesystems (e.g. nfs, cifs) you might need a helper program',
  })
})
