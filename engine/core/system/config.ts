import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { confSources, readRegistriesConf, type RegistriesConf } from '../../registry/index.ts'
import { type ContainersConf, containersConfFiles } from '../config/containers-conf.ts'
import { readStorageConf, storageConfFiles } from '../config/storage-conf.ts'
import type { Context } from '../context.ts'
import { policyFiles, readPolicy } from '../images/trust/policy-file.ts'
import type { Verb } from '../verb.ts'

type Config = Output<'system.config'>
type File = Config['Files'][number]

/** The files that configure this engine, with what is wrong with each, and what they set. */
export const config: Verb<'system.config'> = async (context) => {
  const { value: conf, error: confError } = await attempt(() => context.conf())
  const { value: registries, error: registriesError } = await attempt(() => readRegistriesConf())
  const { error: storageError } = await attempt(async () => readStorageConf(context.identity))
  const { error: policyError } = await attempt(() => readPolicy())
  return {
    Files: [
      ...filesOf(
        'containers.conf',
        containersConfFiles(context.identity, process.env, context.options.modules),
        'all',
        confError,
      ),
      ...filesOf('storage.conf', storageFiles(context), 'first', storageError),
      ...filesOf('registries.conf', registriesFiles(), 'all', registriesError),
      ...filesOf('policy.json', policyFiles(), 'first', policyError),
    ],
    Settings: conf === undefined ? [] : settingsOf(conf),
    ...searchOf(registries),
  }
}

async function attempt<T>(read: () => Promise<T>): Promise<{ value?: T; error?: EngineError }> {
  try {
    return { value: await read() }
  } catch (error) {
    return { error: EngineError.from(error) }
  }
}

/** A failure belongs to the file that it names, or to the first that is there. */
function filesOf(name: string, files: readonly string[], read: 'all' | 'first', error: EngineError | undefined): File[] {
  const found = files.filter((file) => existsSync(file))
  const used = read === 'all' ? found : found.slice(0, 1)
  const named = files.find((file) => file === error?.details['file']) ?? used[0]
  return files.map((file) => ({
    Name: name,
    Path: file,
    Exists: found.includes(file),
    Used: used.includes(file),
    ...(error !== undefined && file === named ? { Error: error.message } : {}),
  }))
}

/** With a store that was named, storage.conf is not read. */
const storageFiles = ({ identity, options }: Context): string[] =>
  options.root === undefined ? storageConfFiles(identity, process.env) : []

function registriesFiles(): string[] {
  const { main, folders } = confSources()
  return [main, ...folders.flatMap((folder) => additions(folder))]
}

function additions(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.conf'))
    return names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => path.join(folder, name))
  } catch {
    return []
  }
}

const searchOf = (conf: RegistriesConf | undefined): Pick<Config, 'Search' | 'ShortNameMode'> => ({
  Search: conf?.search ?? [],
  ShortNameMode: conf?.shortNameMode ?? '',
})

/** Settings by the names of the file: `pidsLimit` is `pids_limit` there. */
function settingsOf(conf: ContainersConf): Config['Settings'] {
  return Object.entries(conf).flatMap(([table, settings]: [string, Record<string, unknown>]) =>
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({
        Name: `${table}.${key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
        Value: textOf(key === 'env' || key === 'conmonEnvVars' ? namesOf(value) : value),
      })),
  )
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => (typeof each === 'object' ? JSON.stringify(each) : String(each))).join(' ')
  // The options of a secret driver are commands and paths: as with variables, only their names are shown.
  return typeof value === 'object' && value !== null ? Object.keys(value).join(' ') : String(value)
}

/** The value of a variable may be a secret. */
const namesOf = (value: unknown): unknown => (Array.isArray(value) ? value.map((each) => String(each).split('=', 1)[0]) : value)
