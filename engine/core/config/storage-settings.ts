import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import type { Identity } from '../../lib/process/identity.ts'
import { type Driver, requireDriver } from '../../storage/driver-names.ts'
import { readStorageConf, type StorageConf, storeBeside } from './storage-conf.ts'

/** What storage.conf and the options of a command line say about the store. */
export interface StorageSettings {
  /** The store's folder, unless it is the default one. */
  root?: string
  runRoot?: string
  /** The requested driver. */
  driver?: Driver
  driverPriority?: string[]
  additionalStores: string[]
  mountOptions: string[]
  /** Warnings about settings of storage.conf that have no effect. */
  warnings: string[]
}

/** Podman's options that do not apply here, or that are always on. */
const ignoredOptions =
  /^(?:overlay2?\.|vfs\.)?(?:mount_program|skip_mount_home|size|inodes|use_composefs|force_mask|ignore_chown_errors)$/

/**
 * Settings of the store. With a given root, storage.conf is ignored, as in podman.
 * @throws InvalidArgument, NotSupported
 */
export function storageSettings(
  who: Identity,
  { root, storageOptions = [], storageDriver }: { root?: string; storageOptions?: readonly string[]; storageDriver?: string },
): StorageSettings {
  const conf: StorageConf = root === undefined ? readStorageConf(who) : { additionalStores: [], mountOptions: [], warnings: [] }
  const settings: StorageSettings = {
    additionalStores: [...conf.additionalStores],
    mountOptions: [...conf.mountOptions],
    warnings: conf.warnings,
  }
  const graphRoot = storeBeside(conf.graphRoot, who)
  const runRoot = storeBeside(conf.runRoot, who)
  if (graphRoot !== undefined) settings.root = graphRoot
  if (runRoot !== undefined) settings.runRoot = runRoot
  // As in podman, the environment is part of storage.conf, and ignored with it.
  const named = storageDriver || (root === undefined ? process.env['STORAGE_DRIVER'] : undefined)
  const driver = named ? requireDriver(named) : conf.driver
  if (driver !== undefined) settings.driver = driver
  if (conf.driverPriority !== undefined) settings.driverPriority = conf.driverPriority
  for (const option of storageOptions) apply(settings, option)
  settings.additionalStores = [...new Set(settings.additionalStores.map((each) => path.resolve(each)))]
  return settings
}

function apply(settings: StorageSettings, option: string): void {
  const at = option.indexOf('=')
  const [name, value] = at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)]
  if (/^(?:overlay2?\.|vfs\.)?(?:additional)?imagestores?$/.test(name)) {
    const folders = value.split(',').filter(Boolean)
    const relative = folders.find((folder) => !path.isAbsolute(folder))
    if (relative !== undefined || folders.length === 0)
      throw new EngineError(
        'InvalidArgument',
        `The storage option ${JSON.stringify(option)} is not one: give the absolute path of the additional image store.`,
      )
    settings.additionalStores.push(...folders)
  } else if (/^(?:overlay2?\.|vfs\.)?mountopt$/.test(name)) settings.mountOptions.push(...value.split(',').filter(Boolean))
  else if (!ignoredOptions.test(name))
    throw new EngineError(
      'InvalidArgument',
      `There is no storage option ${JSON.stringify(name)}: use additionalimagestore=PATH or mountopt=OPTIONS.`,
      { details: { option: name } },
    )
}
