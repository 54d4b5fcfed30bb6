import type { Output } from '../../contract/index.ts'
import { credentialFiles, listLogins, loginPlace, readRegistriesConf, type RegistriesConf } from '../../registry/index.ts'
import type { Verb } from '../verb.ts'

type Row = Output<'registry.list'>[number]

/** Registries in the order they matter: searched ones, configured ones, those there is a login for. */
export const list: Verb<'registry.list'> = async (_context, { authfile }) => {
  const conf = await readRegistriesConf()
  const rows = new Map<string, Row>()
  for (const name of [...conf.search, ...conf.registries.map(({ prefix }) => prefix)]) rows.set(name, toRow(name, conf))
  const logins = await listLogins(loginPlace({ authfile }, conf.credentialHelpers), credentialFiles(authfile), Boolean(authfile))
  for (const { key, user, from, removable } of logins)
    rows.set(key, { ...(rows.get(key) ?? toRow(key, conf)), User: user, From: from, Removable: removable })
  return [...rows.values()]
}

function toRow(name: string, conf: RegistriesConf): Row {
  const entry = conf.registries.find(({ prefix }) => prefix === name)
  return {
    Name: name,
    Search: conf.search.includes(name),
    Insecure: entry?.insecure ?? false,
    Blocked: entry?.blocked ?? false,
    Mirrors: (entry?.mirrors ?? []).map(({ location }) => location),
  }
}
