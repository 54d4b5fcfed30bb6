import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import type { Context } from '../../context.ts'
import type { SecretDriver } from './driver.ts'

type Where = Pick<Context, 'root' | 'identity'>
type Options = Readonly<Record<string, string>>

/** What a driver's secrets are kept with: options that are recorded, and the driver that follows them. */
interface DriverKind {
  options: readonly string[]
  defaults?(where: Where): Record<string, string>
  open(options: Options, where: Where): Promise<SecretDriver>
}

const kinds: Readonly<Record<string, DriverKind>> = {
  file: {
    options: ['path'],
    defaults: (where) => ({ path: secretFiles(where) }),
    open: async ({ path: folder = '' }) => (await import('./file.ts')).fileDriver(folder),
  },
  pass: {
    options: ['root', 'key', 'gpghomedir'],
    open: async (options, { identity }) => (await import('./pass.ts')).passDriver(options, identity.home),
  },
  shell: {
    options: ['delete', 'list', 'lookup', 'store'],
    open: async (options) => (await import('./shell.ts')).shellDriver(options),
  },
}

/** Where the values of secrets are, unless it is said. */
export const secretFiles = ({ root }: Pick<Context, 'root'>): string => path.join(root, 'secrets/filedriver')

/**
 * A driver by its name, and the options that are to be recorded for it.
 *
 * @throws EngineError `InvalidArgument` for an unknown driver or option.
 */
export async function chooseDriver(
  where: Where,
  name: string,
  given: Options,
): Promise<{ driver: SecretDriver; options: Record<string, string> }> {
  const kind = kindOf(name)
  const unknown = Object.keys(given).find((option) => !kind.options.includes(option))
  if (unknown !== undefined)
    throw new EngineError(
      'InvalidArgument',
      `invalid option ${JSON.stringify(unknown)} of the secret driver ${name}: it has ${kind.options.join(', ')}`,
      { details: { driver: name, option: unknown } },
    )
  const options = { ...kind.defaults?.(where), ...given }
  if (options['path'] !== undefined && !path.isAbsolute(options['path']))
    throw new EngineError(
      'InvalidArgument',
      `The path ${JSON.stringify(options['path'])} of the secret driver is not absolute.`,
      {
        details: { driver: name, option: 'path' },
      },
    )
  return { driver: await kind.open(options, where), options }
}

/** The driver of a secret that exists. */
export function driverOf(where: Where, { driver, options }: { driver: string; options: Options }): Promise<SecretDriver> {
  return kindOf(driver).open(options, where)
}

function kindOf(name: string): DriverKind {
  if (Object.hasOwn(kinds, name)) return kinds[name]!
  throw new EngineError(
    'InvalidArgument',
    `invalid driver: there is ${Object.keys(kinds).join(', ')}, and no ${JSON.stringify(name)}`,
    {
      details: { driver: name },
    },
  )
}
