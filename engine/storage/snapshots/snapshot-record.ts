import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Layout } from '../layout.ts'

/** The lower folders a snapshot was made on, relative to the store, highest first; nothing when their list is missing. */
export function lowerLinks(layout: Layout, id: string): string[] | undefined {
  const file = join(layout.snapshot(id), 'lower')
  return existsSync(file) ? readFileSync(file, 'utf8').split(':').filter(Boolean) : undefined
}
