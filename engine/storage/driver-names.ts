import { EngineError } from '../errors/index.ts'

/** The drivers, the preferred one first. */
export const drivers = ['overlay', 'vfs'] as const
export type Driver = (typeof drivers)[number]

/** @throws NotSupported */
export function requireDriver(name: string): Driver {
  if (isDriver(name)) return name
  // An old name of the same.
  if (name === 'overlay2') return 'overlay'
  throw new EngineError(
    'NotSupported',
    `The storage driver ${JSON.stringify(name.slice(0, 100))} is not supported: use ${drivers.join(' or ')}.`,
    { details: { driver: name } },
  )
}

export const isDriver = (name: string): name is Driver => (drivers as readonly string[]).includes(name)
