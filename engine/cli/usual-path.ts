import path from 'node:path'

import { identity } from '../lib/process/identity.ts'

/** The default socket of the page and other clients: the user's runtime directory, or /run for root. */
export function usualPath(): string {
  const runtime = process.env['XDG_RUNTIME_DIR']
  return runtime !== undefined && identity().rootless ? path.join(runtime, 'berth/berth.sock') : '/run/berth/berth.sock'
}
