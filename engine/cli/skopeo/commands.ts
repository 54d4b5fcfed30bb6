import { createHash } from 'node:crypto'
import { access, constants, readFile } from 'node:fs/promises'

import { command } from '../command.ts'
import { copyDescription, imageCopy } from '../commands/image/copy.ts'
import { imageSync, runSync } from '../commands/image/sync.ts'
import { login } from '../commands/registry/login.ts'
import { logout } from '../commands/registry/logout.ts'
import { generateSigstoreKey } from '../commands/image/generate-sigstore-key.ts'
import { standaloneSign } from '../commands/image/standalone-sign.ts'
import { ExitError } from '../exit-code.ts'
import { UsageError } from '../parse/usage-error.ts'
import { maybe } from '../flags/registry-flags.ts'
import { inspectFlags, inspectRemote } from './inspect-remote.ts'
import { logLine } from './log.ts'
import { print } from '../output/print.ts'
import { fileReason } from '../output/file-reason.ts'

// Commands that only skopeo has, or whose output differs from `berth`'s.

export const skopeoInspect = command({
  summary: 'Inspect image IMAGE-NAME',
  description:
    'Return low-level information about "IMAGE-NAME" in a registry/transport\nSupported transports:\ncontainers-storage, dir, docker, docker-archive, docker-daemon, oci, oci-archive\n\nSee skopeo(1) section "IMAGE NAMES" for the expected format',
  usage: 'IMAGE-NAME',
  examples: [
    'skopeo inspect docker://registry.fedoraproject.org/fedora',
    'skopeo inspect --config docker://docker.io/alpine',
    'skopeo inspect --format "Name: {{.Name}} Digest: {{.Digest}}" docker://registry.access.redhat.com/ubi8',
  ],
  flags: inspectFlags,
  args: { min: 1, max: 1 },
  run: inspectRemote,
})

const seeNames = 'See skopeo(1) section "IMAGE NAMES" for the expected format'

/** Listed, since scripts look for them; they are refused with a message. */
const shown = { hidden: false }

export const skopeoCopy = command({
  ...imageCopy,
  description: `${copyDescription}\n\n${seeNames}`,
  flags: {
    ...imageCopy.flags,
    'decryption-key': { ...imageCopy.flags['decryption-key'], ...shown },
    'encrypt-layer': { ...imageCopy.flags['encrypt-layer'], ...shown },
    'encryption-key': { ...imageCopy.flags['encryption-key'], ...shown },
  },
  async run(call) {
    const { flags, args } = call
    await requireReadable(flags['sign-passphrase-file'])
    for (const name of ['dest-compress', 'dest-decompress'] as const)
      if (flags[name] && !args[1]?.startsWith('dir:'))
        logLine('warning', `--${name} can only be used if the destination transport is 'dir'`)
    return imageCopy.run(call)
  },
})

/** An unreadable passphrase is a failure, whether anything is signed or not. @throws ExitError */
async function requireReadable(file: string | undefined): Promise<void> {
  if (file === undefined || file === '') return
  await access(file, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    throw new ExitError(1, `open ${file}: ${fileReason(cause)}`, cause)
  })
}

export const skopeoSync = command({
  ...imageSync,
  description: imageSync.description?.replace(/\n\nWith yaml,.*$/s, '\n\nSee skopeo-sync(1) for details.') ?? '',
  async run(call) {
    await requireReadable(call.flags['sign-passphrase-file'])
    return runSync(call, ({ level, message, fields }) => logLine(level, message, fields))
  },
})

const tlsVerify = maybe('', 'require HTTPS and verify certificates when accessing the registry')

const oneRegistry = (args: readonly string[], in_: 'log in to' | 'log out from'): void => {
  if (args.length === 0) throw new UsageError(`please provide a registry to ${in_}`)
  if (args.length > 1) throw new UsageError(`${in_ === 'log in to' ? 'login' : 'logout'} accepts only one registry to ${in_}`)
}

const { secret, ...loginFlags } = login.flags

export const skopeoLogin = command({
  ...login,
  flags: { ...loginFlags, secret: { ...secret, hidden: true }, 'tls-verify': tlsVerify },
  description: 'Login to a container registry on a specified server.',
  usage: 'REGISTRY',
  examples: ['skopeo login quay.io'],
  args: {},
  async run(call) {
    oneRegistry(call.args, 'log in to')
    return login.run(call)
  },
})

export const skopeoLogout = command({
  ...logout,
  description: 'Logout of a container registry on a specified server.',
  usage: 'REGISTRY',
  examples: ['skopeo logout quay.io'],
  flags: { ...logout.flags, 'tls-verify': tlsVerify },
  args: {},
  async run(call) {
    if (!call.flags.all) oneRegistry(call.args, 'log out from')
    return logout.run(call)
  },
})

export const skopeoGenerateKey = command({
  ...generateSigstoreKey,
  examples: ['skopeo generate-sigstore-key --output-prefix my-key --passphrase-file secret'],
  async run(call) {
    const prefix = call.flags['output-prefix']
    if (!prefix) throw new UsageError('Usage: generate-sigstore-key --output-prefix PREFIX')
    // Scripts for skopeo do not expect an unencrypted key.
    if (call.flags['passphrase-file'] === undefined)
      throw new UsageError(`Cannot prompt for a passphrase for key ${prefix}.private: give it with --passphrase-file`)
    return generateSigstoreKey.run(call)
  },
})

export const skopeoSign = command({
  ...standaloneSign,
  async run(call) {
    if (!call.flags.output)
      throw new UsageError('Usage: skopeo standalone-sign manifest docker-reference key-fingerprint -o signature')
    return standaloneSign.run(call)
  },
})

export const manifestDigest = command({
  summary: 'Compute a manifest digest of a file',
  usage: 'MANIFEST-FILE',
  examples: ['skopeo manifest-digest manifest.json'],
  flags: {},
  args: { min: 1, max: 1 },
  local: true,
  async run({ args: [file = ''] }) {
    const bytes = await readFile(file).catch((cause: Error) => {
      const reason = /ENOENT/.test(cause.message)
        ? `open ${file}: no such file or directory`
        : /EISDIR/.test(cause.message)
          ? `read ${file}: is a directory`
          : cause.message
      throw new ExitError(1, `Error reading manifest from ${file}: ${reason}`, cause)
    })
    print(`sha256:${createHash('sha256').update(bytes).digest('hex')}\n`)
  },
})
