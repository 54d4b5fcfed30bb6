import { mkdirSync } from 'node:fs'
import path from 'node:path'

import { watchFolder } from '../../../lib/files/watch-folder.ts'
import type { Context } from '../../context.ts'

/** Reports that any process may have changed the store. */
export interface StateChanges {
  /** Resolves at a change since the last call, and in any case after `longest` milliseconds. */
  next(longest: number): Promise<void>
  /** Frees the watches. Idempotent. */
  close(): void
}

/** Watches the store's write-ahead log, to which every transaction appends, and the folder into which monitors write exits. */
export function watchState(context: Context, signal?: AbortSignal): StateChanges {
  let changed = false
  let wake = (): void => {}
  const notify = (): void => {
    changed = true
    wake()
  }
  const exits = path.join(context.runRoot, 'exits')
  mkdirSync(exits, { recursive: true, mode: 0o700 })
  const log = `${path.basename(context.database.file)}-wal`
  const watchers = [
    watchFolder(exits, notify, notify),
    watchFolder(path.dirname(context.database.file), (name) => void ((name === null || name === log) && notify()), notify),
  ]
  signal?.addEventListener('abort', notify)
  return {
    async next(longest) {
      if (!changed && !signal?.aborted) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>((resolve) => {
          wake = resolve
          timer = setTimeout(resolve, longest)
        })
        clearTimeout(timer)
      }
      changed = false
    },
    close() {
      signal?.removeEventListener('abort', notify)
      for (const watcher of watchers) watcher.close()
    },
  }
}
