import type { Mapping } from '../mapping.ts'

/** Nothing is built here, so there is no cache; `docker system prune` asks all the same. */
export const pruneBuildCache: Mapping<'docker.system.pruneBuildCache'> = async () => ({ CachesDeleted: [], SpaceReclaimed: 0 })
