import { globSync } from 'node:fs'
import path from 'node:path'

import type { Mounts } from '../../spec/mount.ts'
import { UsageError } from '../parse/usage-error.ts'

/** Replaces a mount of type glob by one for each file that matches: at its own place, or in the destination. @throws UsageError */
export function expandGlobs(mounts: Mounts): Mounts {
  if (!mounts.mounts?.some(({ type }) => type === 'glob')) return mounts
  return { ...mounts, mounts: mounts.mounts.flatMap((mount) => (mount.type === 'glob' ? expand(mount) : [mount])) }
}

function expand({ source, destination, options }: NonNullable<Mounts['mounts']>[number]): NonNullable<Mounts['mounts']> {
  const found = globSync(source)
    .map((file) => path.resolve(file))
    .toSorted()
  if (found.length === 0) throw new UsageError(`no file paths matching glob ${JSON.stringify(source)}`)
  return found.map((file) => ({
    type: 'bind',
    source: file,
    destination: destination === '' ? file : path.posix.join(destination, path.basename(file)),
    options: [...options],
  }))
}
