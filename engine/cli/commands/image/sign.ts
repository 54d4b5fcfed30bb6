import { command } from '../../command.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { registryFlags } from '../../flags/registry-flags.ts'

export const imageSign = command({
  summary: 'Sign an image',
  description: 'Creates a gpg signature for an image of a registry, in the store that registries.d names or in a folder.',
  usage: 'IMAGE [IMAGE...]',
  examples: ['berth image sign --sign-by mykey docker://registry.example.com/app:1'],
  flags: {
    authfile: registryFlags.authfile,
    'cert-dir': registryFlags['cert-dir'],
    all: bool('a', 'Sign all the manifests of the multi-architecture image'),
    directory: text('d', 'Define an alternate directory to store signatures'),
    'sign-by': text('', 'Name of the signing key'),
  },
  args: { min: 1 },
  async run({ args, flags, engine }) {
    const signBy = flags['sign-by']
    if (!signBy) throw new UsageError('no identity provided: name the key with --sign-by')
    for (const name of args) {
      const { authfile, 'cert-dir': certDir, directory } = flags
      await (
        await engine()
      )['image.sign']({
        name,
        signBy,
        all: flags.all,
        ...(directory ? { directory } : {}),
        ...(authfile ? { authfile } : {}),
        ...(certDir ? { certDir } : {}),
      })
    }
  },
})
