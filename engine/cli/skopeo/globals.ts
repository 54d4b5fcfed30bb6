import { bool, type Flags, text } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'
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
  'registries.d': text('', 'use registry configuration files in DIR (e.g. for container signature storage)', { value: 'DIR' }),
  tmpdir: text('', 'directory used to store temporary files'),
  'tls-verify': {
    ...bool('', 'Require HTTPS and verify certificates when accessing the registry', false, { hidden: true }),
    initial: undefined,
  },
} satisfies Flags

const units: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A duration of Go's (`1m30s`) in milliseconds. @throws UsageError */
export function milliseconds(given: string): number {
  if (!/^(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(given))
    throw new UsageError(
      `invalid argument "${given}" for "--command-timeout" flag: time: invalid duration ${JSON.stringify(given)}`,
    )
  let total = 0
  for (const [, number, unit] of given.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)) total += Number(number) * units[unit!]!
  return total
}
