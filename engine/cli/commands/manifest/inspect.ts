import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { bool, text } from '../../parse/flags.ts'
import { maybe, requireAuthfile, tlsVerifyInput } from '../../flags/registry-flags.ts'
import { print, printError } from '../../output/print.ts'

export const manifestInspect = command({
  summary: 'Display the contents of a manifest list or image index',
  description: 'Displays a manifest list or image index of local storage, or, if there is none, that of a registry.',
  usage: 'IMAGE',
  examples: ['berth manifest inspect localhost/list'],
  flags: {
    authfile: text('', 'path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override'),
    'tls-verify': maybe('', 'require HTTPS and verify certificates when accessing the registry (default true)'),
    verbose: bool('v', 'Added for Docker compatibility', false, { hidden: true }),
    insecure: bool('', 'Purely for Docker compatibility', false, { hidden: true }),
  },
  args: { min: 1, max: 1 },
  async run({ args: [name = ''], flags, engine, remote }) {
    await requireAuthfile(flags.authfile, remote)
    const list = await (
      await engine()
    )['manifest.inspect']({
      name,
      authfile: flags.authfile,
      ...tlsVerifyInput(flags.insecure ? false : flags['tls-verify']),
    })
    if (!/index|list/.test(list.mediaType))
      printError(`WARNING: The manifest type ${list.mediaType} is not a manifest list but a single image.\n`)
    print(`${goJson(list, 4, true)}\n`)
  },
})
