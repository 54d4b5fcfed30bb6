import type { Mapping } from '../mapping.ts'

/** Reports that the service is up, independent of its store. */
export const ping: Mapping<'docker.system.ping'> = async () => 'OK'
