import { text, texts, words } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'

/** Flags for an entry of a list. `what` is its name in help. */
export const entryFlags = (what: string) => ({
  annotation: texts('', `set an annotation for the specified ${what}`, { value: 'annotation' }),
  arch: text('', `override the architecture of the specified ${what}`, { value: 'architecture' }),
  features: words('', `override the features of the specified ${what}`, { value: 'features' }),
  os: text('', `override the OS of the specified ${what}`, { value: 'OS' }),
  'os-features': words('', `override the OS features of the specified ${what}`, { value: 'features' }),
  'os-version': text('', `override the OS version of the specified ${what}`, { value: 'version' }),
  variant: text('', `override the Variant of the specified ${what}`, { value: 'Variant' }),
})

interface EntryValues {
  annotation: string[]
  arch: string | undefined
  features: string[]
  os: string | undefined
  'os-features': string[]
  'os-version': string | undefined
  variant: string | undefined
}

/** The fields of `manifest.modify` that {@link entryFlags} fill. */
export function entryFields(flags: EntryValues) {
  return {
    annotation: flags.annotation,
    arch: flags.arch,
    os: flags.os,
    os_version: flags['os-version'],
    os_features: flags['os-features'],
    features: flags.features,
    variant: flags.variant,
  }
}

/** @throws UsageError unless each is `KEY=VALUE`. */
export function requireAnnotations(annotations: readonly string[]): void {
  const wrong = annotations.find((each) => !each.includes('='))
  if (wrong !== undefined) throw new UsageError(`expected --annotation ${JSON.stringify(wrong)} to be in key=value format`)
}
