import path from 'node:path'

import type { Context, ContextOptions } from './context.ts'

/** The options that say where a store is and what belongs to it. */
export type StoreOptions = Pick<
  ContextOptions,
  'root' | 'runRoot' | 'tmpDir' | 'withoutEvents' | 'syslog' | 'storageDriver' | 'storageOptions' | 'networkConfigDir'
>

/** The global flags, with absolute paths, with which another process of ours works on the same store, and tells its events in the same place. */
export function storeFlags(options: StoreOptions): string[] {
  const places = {
    root: options.root,
    runroot: options.runRoot,
    tmpdir: options.tmpDir,
    'network-config-dir': options.networkConfigDir,
  }
  return [
    ...Object.entries(places).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, path.resolve(value)])),
    ...(options.withoutEvents ? ['--events-backend', 'none'] : []),
    ...(options.syslog ? ['--syslog'] : []),
    ...(options.storageDriver === undefined ? [] : ['--storage-driver', options.storageDriver]),
    ...(options.storageOptions ?? []).flatMap((option) => ['--storage-opt', option]),
  ]
}

/** {@link storeFlags} of a store that is open. */
export const storeFlagsOf = ({ root, runRoot, options }: Pick<Context, 'root' | 'runRoot' | 'options'>): string[] =>
  storeFlags({ ...options, root, runRoot })
