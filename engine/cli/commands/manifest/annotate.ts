import { existsSync } from 'node:fs'
import path from 'node:path'

import { command } from '../../command.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { entryFields, entryFlags, requireAnnotations } from '../../flags/manifest-flags.ts'
import { print } from '../../output/print.ts'

export const manifestAnnotate = command({
  summary: 'Add or update information about an entry in a manifest list or image index',
  usage: 'LIST IMAGEORARTIFACT',
  examples: ['berth manifest annotate --annotation left=right mylist:v1.11 image:v1.11-amd64'],
  flags: {
    ...entryFlags('image or artifact'),
    index: bool('', 'apply --annotation values to the image index itself'),
    subject: text('', 'set the subject to which the image index refers', { value: 'subject' }),
  },
  args: { min: 1, max: 2 },
  async run({ args: [name = '', member], flags, engine }) {
    if (flags.index && member !== undefined)
      throw new UsageError(`did not expect image or artifact name ${JSON.stringify(member)} when modifying the entire index`)
    if (!flags.index && member === undefined) throw new UsageError('expected an instance digest, image name, or artifact name')
    requireAnnotations(flags.annotation)
    const { annotation, ...fields } = entryFields(flags)
    if (flags.index) refuseForIndex(fields)
    const { Id } = await (
      await engine()
    )['manifest.modify']({
      name,
      body: {
        operation: 'annotate',
        subject: flags.subject,
        ...(flags.index
          ? { index_annotations: Object.fromEntries(annotation.map(splitAnnotation)) }
          : { images: [toMember(member!)], annotation, ...fields }),
      },
    })
    print(`${Id}\n`)
  },
})

const whole: Readonly<Record<string, string>> = {
  arch: 'architecture',
  os: 'OS',
  os_version: 'OS version',
  os_features: 'OS features',
  features: 'features',
  variant: 'variant',
}

function refuseForIndex(fields: Readonly<Record<string, string | string[] | undefined>>): void {
  for (const [field, what] of Object.entries(whole))
    if (fields[field]?.length) throw new UsageError(`setting ${what} on an item in a manifest list requires an instance digest`)
}

function splitAnnotation(text: string): [string, string] {
  const equals = text.indexOf('=')
  return [text.slice(0, equals), text.slice(equals + 1)]
}

/** A file that an artifact was made from is given by its full path. */
function toMember(text: string): string {
  return /^[./]/.test(text) || (!text.includes(':') && existsSync(text)) ? path.resolve(text) : text
}
