import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { requireAuthfile } from '../../flags/registry-flags.ts'
import { defaultRegistry } from './login.ts'
import { print } from '../../output/print.ts'

export const logout = command({
  summary: 'Log out of a container registry',
  description: 'Remove the cached username and password for the registry.',
  usage: '[REGISTRY]',
  examples: ['berth logout quay.io', 'berth logout --authfile dir/auth.json quay.io', 'berth logout --all'],
  flags: {
    all: bool('a', 'Remove the cached credentials for all registries in the auth file'),
    authfile: text('', 'path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override'),
    'compat-auth-file': text('', 'path of a Docker-compatible config file to update instead'),
  },
  args: { max: 1 },
  async run({ args, flags, engine, remote }) {
    const input = { authfile: flags.authfile, compatAuthFile: flags['compat-auth-file'] }
    const file = flags.authfile ?? flags['compat-auth-file']
    await requireAuthfile(file, remote)
    if (flags.all && args.length > 0) throw new UsageError('--all takes no arguments')
    const api = await engine()
    if (flags.all) {
      await api['registry.logout']({ ...input, all: true })
      print('Removed login credentials for all registries\n')
      return
    }
    const registry = args[0] ?? (await defaultRegistry(api))
    try {
      await api['registry.logout']({ ...input, registry })
      print(`Removed login credentials for ${registry}\n`)
    } catch (error) {
      const from = EngineError.is(error, 'LoginNotFound') ? error.details['from'] : undefined
      if (file !== undefined || typeof from !== 'string') throw error
      // As with podman no failure: the credential helper has to remove it.
      const way = /\/\.docker(?:\/config\.json|cfg)$/.test(from)
        ? 'were established via docker login. Please use docker logout instead.'
        : `are kept in ${from}: remove them there.`
      print(`Not logged into ${registry} with current tool. Existing credentials ${way}\n`)
    }
  },
})
