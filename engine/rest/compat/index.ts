import type { DockerOperationName } from '../../contract/docker/index.ts'
import { commit } from './containers/commit.ts'
import { update } from './containers/update.ts'
import { history } from './images/history.ts'
import { importImage } from './images/import.ts'
import { inspect } from './images/inspect.ts'
import { list } from './images/list.ts'
import { load } from './images/load.ts'
import { prune } from './images/prune.ts'
import { pull } from './images/pull.ts'
import { push } from './images/push.ts'
import { remove } from './images/remove.ts'
import { exportImages, get } from './images/save.ts'
import { tag } from './images/tag.ts'
import type { Mapping } from './mapping.ts'
import { distribution } from './registry/distribution.ts'
import { login } from './registry/login.ts'
import { search } from './registry/search.ts'
import { diskUsage } from './system/disk-usage.ts'
import { events } from './system/events.ts'
import { info } from './system/info.ts'
import { ping } from './system/ping.ts'

/** Docker's operations, each by means of ours. The compiler asks for every one that the contract describes. */
export const mappings: { readonly [K in DockerOperationName]: Mapping<K> } = {
  'docker.system.ping': ping,
  'docker.system.info': info,
  'docker.system.df': diskUsage,
  'docker.system.events': events,
  'docker.registry.login': login,
  'docker.registry.search': search,
  'docker.registry.distribution': distribution,
  'docker.container.commit': commit,
  'docker.container.update': update,
  'docker.image.pull': pull,
  'docker.image.import': importImage,
  'docker.image.push': push,
  'docker.image.export': exportImages,
  'docker.image.get': get,
  'docker.image.load': load,
  'docker.image.list': list,
  'docker.image.inspect': inspect,
  'docker.image.history': history,
  'docker.image.tag': tag,
  'docker.image.remove': remove,
  'docker.image.prune': prune,
}
