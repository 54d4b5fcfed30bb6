import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('what was open from the start, or was opened by a library, does not reach the next program', () => {
  const script = `
    import { spawnSync } from 'node:child_process'
    import { bind } from '${join(import.meta.dirname, 'libc.ts')}'
    import { closeOnExec } from '${join(import.meta.dirname, 'close-range.ts')}'
    bind('dup2', 'int', ['int', 'int'])(0, 251)
    const list = () => spawnSync('sh', ['-c', 'echo /proc/self/fd/*'], { encoding: 'utf8' }).stdout
    const before = list()
    closeOnExec()
    console.log(JSON.stringify([before.includes('/251'), before.includes('/63'), list().includes('/251'), list().includes('/63')]))`
  const node = [process.execPath, '--input-type=module', '-e', script]
  const { stdout, stderr } = spawnSync('bash', ['-c', 'exec 63</dev/null; exec "$@"', 'bash', ...node], { encoding: 'utf8' })
  expect(JSON.parse(stdout || stderr)).toEqual([true, true, false, false])
})
