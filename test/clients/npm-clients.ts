import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Where `npm test` installs the clients of test/clients/npm. */
export const clientsFolder = join(import.meta.dirname, '../../.cache/clients')

/** Whether they are there: after the first `npm test`. */
export const areInstalled = existsSync(join(clientsFolder, 'node_modules/dockerode'))

/** A client's module. They are not among our packages, so their types are unknown here. */
// oxlint-disable-next-line no-explicit-any -- see above
export const clientModule = (name: string): any => createRequire(join(clientsFolder, 'package.json'))(name)
