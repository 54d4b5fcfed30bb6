import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { eventually, must } from '../support/processes.ts'

// Programs that are run before, with and after a container: oci-hooks(5).

const stage = inject('stage')
const { busybox } = stage.images

/** Adds a variable to the configuration that it gets. */
const adding = `import json, sys
config = json.load(sys.stdin)
config["process"]["env"].append("ADDED=yes")
json.dump(config, sys.stdout)`

describe.each(anyone)('hooks as %s', (name) => {
  const berth = berthAs(name)
  const folder = join(stage.folder, `hooks-${name}`)
  const log = join(folder, 'log')
  const write = (file: string, content: object | string, mode = 0o644) =>
    writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content), { mode })
  const lines = () => readFileSync(log, 'utf8').trim().split('\n')
  const run = (...args: string[]) => berth.try(['--hooks-dir', join(folder, 'd'), 'run', '--rm', '--network', 'none', ...args])

  beforeAll(async () => {
    mkdirSync(join(folder, 'd'), { recursive: true, mode: 0o755 })
    write('hook', `#!/bin/sh\necho "$1 $(grep -c ociVersion)" >>${log}\n`, 0o755)
    write('adding', `#!/usr/bin/python3\n${adding}\n`, 0o755)
    write('failing', '#!/bin/sh\necho no such thing >&2\nexit 3\n', 0o755)
    writeFileSync(log, '', { mode: 0o666 })
    await must('chown', ['-R', String(berth.user.uid), folder])
    await pullImages(berth, busybox)
    for (const at of ['createRuntime', 'prestart', 'createContainer', 'poststart', 'poststop']) {
      const hook = { path: join(folder, 'hook'), args: ['hook', at] }
      write(`d/${at}.json`, { version: '1.0.0', hook, when: { always: true }, stages: [at] })
    }
    const touch = { path: '/bin/touch', args: ['touch', '/touched'] }
    write('d/startContainer.json', { version: '1.0.0', hook: touch, when: { always: true }, stages: ['startContainer'] })
    write('d/old.json', { hook: join(folder, 'hook'), arguments: ['old'], cmds: ['sh$'], stage: ['poststop'] })
    const added = { path: join(folder, 'adding') }
    write('d/precreate.json', { version: '1.0.0', hook: added, when: { always: true }, stages: ['precreate'] })
  })
  afterAll(async () => {
    await clear(berth)
    rmSync(folder, { recursive: true, force: true })
  })

  test('those of every stage run, each gets the state of the container, and precreate its configuration', async () => {
    expect(await run(busybox, 'sh', '-c', 'echo $ADDED; ls /touched')).toMatchObject({ code: 0, stdout: 'yes\n/touched\n' })
    await eventually('the last one', () => lines().some((line) => line.startsWith('poststop')))
    expect(lines()).toEqual(['createRuntime 1', 'prestart 1', 'createContainer 1', 'poststart 1', 'old 1', 'poststop 1'])
  })

  test('one that fails, or is described wrongly, is named, and there is no container', async () => {
    const failing = { path: join(folder, 'failing') }
    write('d/failing.json', { version: '1.0.0', hook: failing, when: { always: true }, stages: ['precreate'] })
    const failed = await run(busybox, 'true')
    expect(failed.stderr).toMatch(/The hook \S+\/failing \(stage precreate\) ended with status 3: no such thing; correct it/)
    expect(failed.code).toBe(126)
    write('d/failing.json', { hook: join(folder, 'hook'), stages: ['sometime'] })
    expect((await run(busybox, 'true')).stderr).toMatch(/The hook \S+\/d\/failing\.json cannot be used: stages/)
    expect(await berth('ps', '-aq')).toBe('')
  })
})
