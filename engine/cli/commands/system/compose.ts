import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { clientSettings } from '../../../core/index.ts'
import { which } from '../../../lib/process/exec.ts'
import { createLogger } from '../../../lib/log.ts'
import { type Call, command } from '../../command.ts'
import { printError } from '../../output/print.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { runProgram } from '../../terminal/run-program.ts'

/** Where the usual ones are, the original implementation first. */
const usualProviders = [
  '~/.docker/cli-plugins/docker-compose',
  '/usr/local/lib/docker/cli-plugins/docker-compose',
  '/usr/local/libexec/docker/cli-plugins/docker-compose',
  '/usr/lib/docker/cli-plugins/docker-compose',
  '/usr/libexec/docker/cli-plugins/docker-compose',
  'docker-compose',
  'podman-compose',
]

export const compose = command({
  summary: 'Run compose workloads via an external provider such as docker-compose or podman-compose',
  description:
    "Runs docker-compose or podman-compose, the first one that is installed (compose_providers of containers.conf and PODMAN_COMPOSE_PROVIDER choose another), with all that follows, and DOCKER_HOST set to an engine's socket: that of --url or --connection, or one of this store's own that is there for as long as the provider runs.",
  usage: '[COMMAND [ARG...]]',
  examples: ['berth compose -f nginx.yaml up --detach', 'berth compose ps'],
  flags: {},
  passThrough: true,
  service: true,
  async run(call) {
    const { args, global } = call
    const settings = await clientSettings(global.context.modules)
    const provider = findProvider(process.env['PODMAN_COMPOSE_PROVIDER'], settings.composeProviders ?? usualProviders)
    if (settings.composeWarning && process.env['PODMAN_COMPOSE_WARNING_LOGS'] !== 'false')
      printError(
        `>>>> Executing external compose provider ${JSON.stringify(provider)}. Please see berth-compose(1) for how to disable this message. <<<<\n\n`,
      )
    const given = process.env['DOCKER_HOST']
    const place = given ? { url: given, close: async () => {} } : await engineAddress(call)
    try {
      return await runProgram(provider, args, { ...process.env, DOCKER_HOST: place.url, DOCKER_BUILDKIT: '0' })
    } finally {
      await place.close()
    }
  },
})

function findProvider(chosen: string | undefined, candidates: readonly string[]): string {
  const all = chosen ? [chosen] : candidates
  for (const each of all) {
    const found = which(each.replace(/^~(?=\/)/, process.env['HOME'] ?? '~'))
    if (found !== null) return found
  }
  throw new UsageError(
    `looking up compose provider failed: none of ${all.join(', ')} is there; install the package docker-compose or podman-compose, or name another one in compose_providers of containers.conf`,
  )
}

/** The address of the engine for a provider; a service of our own for this store, which ends with it. */
async function engineAddress({ global, engine }: Call): Promise<{ url: string; close(): Promise<void> }> {
  if (global.remote) {
    const { engineElsewhere } = await import('../../remote/engine-elsewhere.ts')
    const { url, close } = await engineElsewhere(global.remote)
    return { url, close: async () => close() }
  }
  const { createRestServer } = await import('../../../rest/index.ts')
  const folder = mkdtempSync(path.join(process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), 'berth-compose-'))
  const server = createRestServer(await engine(), { log: createLogger({ level: global.context.logLevel ?? 'warn' }) })
  const socket = path.join(folder, 's')
  await server.listen(socket)
  const close = async (): Promise<void> => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { url: `unix://${socket}`, close }
}
