import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import type { Mapping } from '../mapping.ts'

const hub = 'docker.io'

/** Docker's client stores the login itself: it is checked here with a temporary file. */
export const login: Mapping<'docker.registry.login'> = async (engine, { body }, options) => {
  const { username, password, serveraddress = '' } = body
  if (username === undefined || password === undefined || username === '')
    throw new EngineError('InvalidArgument', 'The login has no username or no password.')
  const given = serveraddress.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  const registry = given === '' || given === 'index.docker.io' ? hub : given
  const folder = await mkdtemp(join(tmpdir(), 'berth-login-'))
  try {
    await engine['registry.login'](
      { registry, credentials: `${username}:${password}`, authfile: join(folder, 'auth.json') },
      options,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return { Status: 'Login Succeeded', IdentityToken: '' }
}
