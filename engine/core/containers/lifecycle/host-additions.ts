import { existsSync } from 'node:fs'
import path from 'node:path'

import type { Identity } from '../../../lib/process/identity.ts'
import type { Context } from '../../context.ts'

// Looked for at every start: what they say is read by code that is loaded only where there is something.

/** Where hooks are if nobody says otherwise; oci-hooks(5). */
const usualFolders = ['/usr/share/containers/oci/hooks.d', '/etc/containers/oci/hooks.d']

/** The folders of hooks, in the order in which later ones win. */
export async function hookFolders({ options, conf }: Pick<Context, 'options' | 'conf'>): Promise<string[]> {
  const { engine } = await conf()
  const folders = options.hooksDirs?.length ? options.hooksDirs : (engine.hooksDir ?? usualFolders)
  return folders.filter((folder) => existsSync(folder))
}

/** The files of mounts.conf(5), the first of which counts for a place; `chosen` stands for all of them. */
export function mountsConfFiles({ home, rootless }: Pick<Identity, 'home' | 'rootless'>, chosen?: string): string[] {
  if (chosen !== undefined) return [chosen]
  const own = rootless ? [path.join(home, '.config/containers/mounts.conf')] : []
  return [...own, '/etc/containers/mounts.conf', '/usr/share/containers/mounts.conf'].filter((file) => existsSync(file))
}
