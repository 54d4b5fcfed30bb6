import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import type { Identity } from '../../lib/identity.ts'
import { readStorageConf, type StorageConf, storeBeside } from './storage-conf.ts'

/** What storage.conf and the options of a command line say about the store. */
export interface StorageSettings {
  /** Where the store is, unless it is where it always is. */
  root?: string
  runRoot?: string
  additionalStores: string[]
  mountOptions: string[]
  /** What storage.conf asks for and does not get, as sentences. */
  notes: string[]
}

/** Options of podman's that mean nothing here, or that this engine does anyway. */
const passedOver = /^(?:overlay\.)?(?:mount_program|skip_mount_home|size|inodes|use_composefs|force_mask|ignore_chown_errors)$/

/**
 * Settings of the store. With a root given, storage.conf is left aside, as podman does.
 * @throws InvalidArgument, NotSupported
 */
export function storageSettings(
  who: Identity,
  { root, storageOptions = [] }: { root?: string; storageOptions?: readonly string[] },
): StorageSettings {
  const conf: StorageConf = root === undefined ? readStorageConf(who) : { additionalStores: [], mountOptions: [], notes: [] }
  const settings: StorageSettings = {
    additionalStores: [...conf.additionalStores],
    mountOptions: [...conf.mountOptions],
    notes: conf.notes,
  }
  const graphRoot = storeBeside(conf.graphRoot, who)
  const runRoot = storeBeside(conf.runRoot, who)
  if (graphRoot !== undefined) settings.root = graphRoot
  if (runRoot !== undefined) settings.runRoot = runRoot
  for (const option of storageOptions) apply(settings, option)
  settings.additionalStores = [...new Set(settings.additionalStores.map((each) => path.resolve(each)))]
  return settings
}

function apply(settings: StorageSettings, option: string): void {
  const at = option.indexOf('=')
  const [name, value] = at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)]
  if (/^(?:overlay2?\.)?(?:additional)?imagestores?$/.test(name)) {
    const folders = value.split(',').filter(Boolean)
    const relative = folders.find((folder) => !path.isAbsolute(folder))
    if (relative !== undefined || folders.length === 0)
      throw new EngineError(
        'InvalidArgument',
        `The storage option ${JSON.stringify(option)} is not one: give the absolute path of the additional image store.`,
      )
    settings.additionalStores.push(...folders)
  } else if (/^(?:overlay2?\.)?mountopt$/.test(name)) settings.mountOptions.push(...value.split(',').filter(Boolean))
  else if (!passedOver.test(name))
    throw new EngineError(
      'InvalidArgument',
      `There is no storage option ${JSON.stringify(name)}: use additionalimagestore=PATH or mountopt=OPTIONS.`,
      { details: { option: name } },
    )
}
