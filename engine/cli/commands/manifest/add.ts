import { readFile } from 'node:fs/promises'
import path from 'node:path'

import { withPassword } from '../../terminal/ask-password.ts'
import { command } from '../../command.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { entryFields, entryFlags } from '../../flags/manifest-flags.ts'
import { maybe, requireAuthfile, tlsVerifyInput } from '../../flags/registry-flags.ts'
import { print } from '../../output/print.ts'

const onlyArtifacts = [
  'artifact-config',
  'artifact-config-type',
  'artifact-exclude-titles',
  'artifact-layer-type',
  'artifact-subject',
  'artifact-type',
] as const

const artifactFlags = {
  artifact: bool('', 'add all arguments as artifact files rather than as images'),
  'artifact-config': text('', 'artifact configuration file'),
  'artifact-config-type': text('', 'artifact configuration media type'),
  'artifact-exclude-titles': bool('', 'refrain from setting "org.opencontainers.image.title" annotations on "layers"'),
  'artifact-layer-type': text('', 'artifact layer media type'),
  'artifact-subject': text('', 'artifact subject reference'),
  'artifact-type': text('', 'override the artifactType value'),
}

export const manifestAdd = command({
  summary: 'Add images or artifacts to a manifest list or image index',
  description:
    'Adds an image or artifact to a manifest list or image index. An image is found in local storage, else at its registry; with a transport, anywhere. Files of artifacts are copied into local storage.',
  usage: 'LIST IMAGEORARTIFACT [IMAGEORARTIFACT...]',
  examples: ['berth manifest add mylist:v1.11 image:v1.11-amd64', 'berth manifest add mylist:v1.11 transport:imageName'],
  flags: {
    ...entryFlags('image'),
    ...artifactFlags,
    all: bool('', "add all of the list's images if the image is a list"),
    authfile: text('', 'path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override'),
    'cert-dir': text('', 'use certificates at the specified path to access the registry'),
    creds: text('', 'use [username[:password]] for accessing the registry', { value: '[username[:password]]' }),
    'tls-verify': maybe('', 'require HTTPS and verify certificates when accessing the registry (default true)'),
  },
  args: { min: 2 },
  async run({ args: [name = '', ...members], flags, engine, remote }) {
    await requireAuthfile(flags.authfile, remote)
    const stray = onlyArtifacts.find((flag) => !flags.artifact && flags[flag] !== undefined && flags[flag] !== false)
    if (stray) throw new UsageError(`--${stray} requires --artifact`)
    const config = flags['artifact-config']
    const artifact = {
      artifact_files: members.map((file) => path.resolve(file)),
      artifact_type: flags['artifact-type'],
      artifact_config: config === undefined ? undefined : await readFile(config, 'utf8'),
      artifact_config_type: flags['artifact-config-type'],
      artifact_layer_type: flags['artifact-layer-type'],
      artifact_exclude_titles: flags['artifact-exclude-titles'],
      artifact_subject: flags['artifact-subject'],
    }
    const { Id } = await (
      await engine()
    )['manifest.modify']({
      name,
      ...tlsVerifyInput(flags['tls-verify']),
      credentials: await withPassword(flags.creds),
      authfile: flags.authfile,
      certDir: flags['cert-dir'],
      body: {
        operation: 'update',
        ...(flags.artifact ? artifact : { images: members, all: flags.all }),
        ...entryFields(flags),
      },
    })
    print(`${Id}\n`)
  },
})
