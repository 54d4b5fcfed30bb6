export { openRepository, type RegistryOptions, type Repository } from './client.ts'
export { credentialFiles, type Credentials, findCredentials, parseCredentials } from './credentials.ts'
export { confSources, readRegistriesConf, type RegistriesConf, type RegistryEntry } from './registries-conf.ts'
export { candidates, type Source, sourcesOf } from './sources.ts'
