import { bool, type Flags, text } from '../parse/flags.ts'
import { platformFlags, trustFlags } from './flags.ts'

/** Skopeo's flags of all commands, before or after the command's name. */
export const skopeoFlags = {
  'command-timeout': text('', 'timeout for the command execution', { value: 'duration' }),
  debug: bool('', 'enable debug output'),
  help: bool('h', 'help for skopeo'),
  'insecure-policy': trustFlags['insecure-policy'],
  'override-arch': { ...platformFlags['override-arch'], aliases: [] },
  'override-os': { ...platformFlags['override-os'], aliases: [] },
  'override-variant': { ...platformFlags['override-variant'], aliases: [] },
  policy: trustFlags.policy,
  'registries-conf': text('', 'path to the registries.conf file', { hidden: true }),
  'registries.d': text('', 'use registry configuration files in DIR (e.g. for container signature storage)', { value: 'DIR' }),
  tmpdir: text('', 'directory used to store temporary files'),
  'tls-verify': {
    ...bool('', 'Require HTTPS and verify certificates when accessing the registry', false, { hidden: true }),
    initial: undefined,
  },
} satisfies Flags
