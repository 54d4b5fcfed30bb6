import { readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

import type { Engine } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { print } from '../../output/print.ts'
import { bool } from '../../parse/flags.ts'
import { confirm } from '../../terminal/confirm.ts'

const kinds = ['containers', 'pods', 'images', 'networks', 'volumes', 'secrets', 'artifacts']

export const reset = command({
  summary: 'Reset Berth storage',
  description:
    'Removes all containers, pods, images, networks, volumes, secrets and artifacts, and empties the store and the run state.',
  flags: { force: bool('f', 'Do not prompt for confirmation') },
  args: { max: 0 },
  local: 'store',
  async run({ flags, engine, close }) {
    const api = await engine()
    const { store } = await api['system.info']({})
    const warning = `This will remove:\n${kinds.map((kind) => `        - all ${kind}\n`).join('')}        - the folders "${store.graphRoot}" and "${store.runRoot}"`
    if (!flags.force && !(await confirm(warning))) return
    await removeAll(api)
    await close()
    for (const folder of [store.runRoot, store.graphRoot]) empty(folder)
    print(`${store.graphRoot} has been reset\n`)
  },
})

async function removeAll(api: Engine): Promise<void> {
  for (const { Id } of await api['pod.list']({})) await api['pod.remove']({ name: Id, force: true, timeout: 0 })
  for (const { Id } of await api['container.list']({ all: true }))
    await api['container.remove']({ name: Id, force: true, v: true, ignore: true, depend: true, timeout: 0 })
  for (const { name } of await api['network.list']({})) if (name !== 'podman') await api['network.remove']({ name, force: true })
  for (const { Name } of await api['volume.list']({})) await api['volume.remove']({ name: Name, force: true })
  for (const { ID } of await api['secret.list']({})) await api['secret.remove']({ name: ID })
  const { Errors } = await api['image.removeMany']({ all: true, force: true, ignore: true })
  const failure = Errors?.[0]
  if (failure !== undefined) throw new EngineError('Internal', failure)
}

/** Empties a folder in which nothing is mounted any more. @throws EngineError `StoreUnsuitable` where something is */
function empty(folder: string): void {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
  const mounted = mounts.find((place) => place.startsWith(`${folder}/`))
  if (mounted !== undefined)
    throw new EngineError('StoreUnsuitable', `Something is mounted at ${mounted}: unmount it, and reset again.`, {
      details: { path: mounted },
    })
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true, force: true })
}
