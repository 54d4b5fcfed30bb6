import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

import { printError } from './output/print.ts'

/** Says who answers to the name of docker, as podman-docker does; a file named nodocker asks for silence. */
export function tellDocker(environment: NodeJS.ProcessEnv = process.env): void {
  const own = environment['XDG_CONFIG_HOME'] || path.join(homedir(), '.config')
  const files = ['/etc/containers/nodocker', path.join(own, 'containers/nodocker')]
  if (files.some((file) => existsSync(file))) return
  printError('Emulate Docker CLI using berth. Create /etc/containers/nodocker to quiet msg.\n')
}
