import type { Context } from './context.ts'

/** The global flags with which another process of ours works on the same store, and tells its events in the same place. */
export const storeFlags = ({ root, runRoot, options: { tmpDir } }: Pick<Context, 'root' | 'runRoot' | 'options'>): string[] => [
  '--root',
  root,
  '--runroot',
  runRoot,
  ...(tmpDir === undefined ? [] : ['--tmpdir', tmpDir]),
]
