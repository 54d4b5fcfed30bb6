import { watch } from 'node:fs'

export interface FolderWatch {
  /** Idempotent. */
  close(): void
}

/** Milliseconds between two looks where the kernel has no watch left for this user. */
const lookInterval = 250

/**
 * Calls `changed` with the name of what changed in a folder, `null` where that is not known. A user has few watchers (128 instances of
 * inotify(7) by default, and pasta takes one for each container); where there is none left, everything counts as changed now and then.
 *
 * @param failed the folder cannot be watched any longer.
 * @throws an errno error, `ENOENT`
 */
export function watchFolder(
  folder: string,
  changed: (name: string | null) => void,
  failed: (error: Error) => void,
  start: typeof watch = watch,
): FolderWatch {
  try {
    const watcher = start(folder, (_event, name) => changed(name))
    watcher.on('error', failed)
    return watcher
  } catch (error) {
    if (!['EMFILE', 'ENFILE', 'ENOSPC'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    const timer = setInterval(() => changed(null), lookInterval)
    return { close: () => clearInterval(timer) }
  }
}
