import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type ApiService, startApiService } from '../support/api-service.ts'
import { berthAs, clear, pullImages } from '../support/berth.ts'
import { run } from '../support/processes.ts'
import { areInstalled, clientsFolder } from './npm-clients.ts'

const { busybox } = inject('stage').images

// @devcontainers/cli, which editors use, with an image; it runs Docker's client.

describe.skipIf(!areInstalled)('@devcontainers/cli (installed by npm test)', () => {
  const berth = berthAs('root')
  let service: ApiService

  beforeAll(async () => {
    await pullImages(berth, busybox)
    service = await startApiService(berth, 'devcontainers')
    const workspace = join(service.folder, 'work/.devcontainer')
    mkdirSync(workspace, { recursive: true })
    const config = {
      image: busybox,
      remoteUser: 'root',
      containerEnv: { COLOUR: 'blue' },
      postCreateCommand: 'echo created > /tmp/made',
      runArgs: ['--init', '--network', 'none'],
      mounts: ['source=dev-volume,target=/kept,type=volume'],
      updateRemoteUserUID: false,
    }
    writeFileSync(join(workspace, 'devcontainer.json'), JSON.stringify(config))
    writeFileSync(join(service.folder, 'work/file'), 'of the host\n')
  })
  afterAll(async () => {
    await clear(berth)
    await berth.try(['volume', 'rm', 'dev-volume'])
    await service?.stop()
  })

  const cli = (...args: string[]) => {
    const program = join(clientsFolder, 'node_modules/@devcontainers/cli/devcontainer.js')
    const env = { ...service.env, HOME: service.folder }
    return run(process.execPath, [program, ...args, '--workspace-folder', join(service.folder, 'work')], {
      env,
      cwd: service.folder,
    })
  }

  test('up and exec', async () => {
    const up = await cli('up')
    expect(up, up.stderr).toMatchObject({ code: 0 })
    expect(JSON.parse(up.stdout.trim().split('\n').at(-1)!)).toMatchObject({
      outcome: 'success',
      remoteWorkspaceFolder: '/workspaces/work',
    })
    const script = 'cat /tmp/made file; echo $COLOUR; exit 3'
    const exec = await run(
      process.execPath,
      [
        join(clientsFolder, 'node_modules/@devcontainers/cli/devcontainer.js'),
        'exec',
        '--workspace-folder',
        join(service.folder, 'work'),
        'sh',
        '-c',
        script,
      ],
      { env: { ...service.env, HOME: service.folder }, cwd: service.folder },
    )
    expect(exec.stdout, exec.stderr).toContain('created\nof the host\nblue\n')
    expect(exec.code).toBe(3)
  })
})
