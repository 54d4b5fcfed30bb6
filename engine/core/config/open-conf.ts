import { existsSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { preferFolders } from '../../lib/process/exec.ts'
import type { Context } from '../context.ts'
import { type ContainersConf, readContainersConf } from './containers-conf.ts'

/** containers.conf of a store's engine. What it says of this process itself takes effect here: its environment, and where programs are. */
export async function openConf({ identity, runRoot, options, log }: Context): Promise<ContainersConf> {
  const { modules } = options
  // With modules it is another configuration, which is not the one to keep.
  const cacheFile = modules?.length ? undefined : path.join(runRoot, 'containers-conf.json')
  const conf = await readContainersConf(identity, { cacheFile, modules, log })
  const { engine } = conf
  for (const pair of engine.env ?? []) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    if (at > 0 && process.env[name] === undefined) process.env[name] = pair.slice(at + 1)
  }
  preferFolders(engine.helperBinariesDir ?? [], [
    ...(options.conmon === undefined ? [] : [requireConmon(options.conmon)]),
    ...(engine.conmonPath ?? []),
  ])
  return conf
}

function requireConmon(given: string): string {
  const file = path.resolve(given)
  if (!existsSync(file))
    throw new EngineError('InvalidArgument', `There is no conmon at ${file}: correct --conmon, or leave it out.`, {
      details: { path: file },
    })
  return file
}
