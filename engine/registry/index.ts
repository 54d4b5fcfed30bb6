export { checkLogin } from './auth/check-login.ts'
export type { RegistryOptions } from './options.ts'
export { openRepository, type Repository } from './client.ts'
export { type Connections, openConnections } from './http/connections.ts'
export type { Credentials } from './auth/credential.ts'
export { credentialFiles, findCredentials, locateCredentials, parseCredentials, userOf } from './auth/credentials.ts'
export {
  forgetAllLogins,
  forgetLogin,
  type KeptLogin,
  keepLogin,
  listLogins,
  type LoginPlace,
  loginPlace,
} from './auth/logins.ts'
export { type SearchResult, searchRegistry } from './search.ts'
export { confSources, readRegistriesConf, type RegistriesConf, type RegistryEntry } from './config/registries-conf.ts'
export { aliasOf, candidates, recordAlias, type Resolution, resolveShortName } from './config/short-names.ts'
export { downloadFile } from './transfer/download.ts'
export { type Source, sourcesOf } from './config/sources.ts'
export { fetchSmallFile } from './config/small-file.ts'
export { putWithSubject } from './referrers.ts'
export { releaseBuffer } from './transfer/buffer-pool.ts'
export { foreignBlob } from './http/foreign.ts'
