import { programMissing, which } from '../lib/process/exec.ts'

/** Where distributions put it besides $PATH; podman's own folders are in the search already. */
const places = ['catatonit', '/usr/libexec/catatonit/catatonit', '/usr/lib/catatonit/catatonit']

/**
 * The static init program for `--init` (`catatonit -- COMMAND`) and for a pod's pause container (`catatonit -P`).
 *
 * @throws ProgramMissing
 */
export function requireCatatonit(): string {
  for (const place of places) {
    const found = which(place)
    if (found) return found
  }
  throw programMissing('catatonit')
}
