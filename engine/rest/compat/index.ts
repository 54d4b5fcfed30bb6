import type { DockerOperationName } from '../../contract/docker/index.ts'
import { commit } from './containers/commit.ts'
import { update } from './containers/update.ts'
import { attach } from './containers/attach.ts'
import { create } from './containers/create/index.ts'
import { createExec, inspectExec, resizeExec, startExec } from './containers/exec.ts'
import { changes, copyFrom, copyTo, exportContainer, pathInfo } from './containers/files.ts'
import { inspect as inspectContainer } from './containers/inspect.ts'
import {
  kill,
  pause,
  prune as pruneContainers,
  remove as removeContainer,
  rename,
  resize,
  restart,
  start,
  stop,
  unpause,
} from './containers/lifecycle.ts'
import { list as listContainers } from './containers/list.ts'
import { logs, top } from './containers/output.ts'
import { libpodStats, stats } from './containers/stats.ts'
import { wait } from './containers/wait.ts'
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
import * as manifests from './manifests/earlier.ts'
import type { Mapping } from './mapping.ts'
import {
  connect as connectNetwork,
  create as createNetwork,
  disconnect as disconnectNetwork,
  prune as pruneNetworks,
  remove as removeNetwork,
} from './networks/changes.ts'
import { inspect as inspectNetwork, list as listNetworks } from './networks/queries.ts'
import { distribution } from './registry/distribution.ts'
import { login } from './registry/login.ts'
import { search } from './registry/search.ts'
import * as secrets from './secrets/secrets.ts'
import { diskUsage } from './system/disk-usage.ts'
import { events } from './system/events.ts'
import { info } from './system/info.ts'
import { ping } from './system/ping.ts'
import { pruneBuildCache } from './system/prune-build-cache.ts'
import * as volumes from './volumes/volumes.ts'

/** Docker's operations, each by means of ours. The compiler asks for every one that the contract describes. */
export const mappings: { readonly [K in DockerOperationName]: Mapping<K> } = {
  'libpod3.manifest.create': manifests.create,
  'libpod3.manifest.add': manifests.add,
  'libpod3.manifest.removeImage': manifests.removeImage,
  'libpod3.manifest.push': manifests.push,
  'docker.system.ping': ping,
  'docker.system.info': info,
  'docker.system.df': diskUsage,
  'docker.system.pruneBuildCache': pruneBuildCache,
  'docker.system.events': events,
  'docker.container.list': listContainers,
  'docker.container.create': create,
  'docker.container.prune': pruneContainers,
  'docker.container.inspect': inspectContainer,
  'docker.container.start': start,
  'docker.container.stop': stop,
  'docker.container.restart': restart,
  'docker.container.kill': kill,
  'docker.container.pause': pause,
  'docker.container.unpause': unpause,
  'docker.container.rename': rename,
  'docker.container.remove': removeContainer,
  'docker.container.wait': wait,
  'docker.container.logs': logs,
  'docker.container.attach': attach,
  'docker.container.resize': resize,
  'docker.container.top': top,
  'docker.container.stats': stats,
  'docker.container.libpodStats': libpodStats,
  'docker.container.export': exportContainer,
  'docker.container.changes': changes,
  'docker.container.pathInfo': pathInfo,
  'docker.container.copyFrom': copyFrom,
  'docker.container.copyTo': copyTo,
  'docker.exec.create': createExec,
  'docker.exec.start': startExec,
  'docker.exec.inspect': inspectExec,
  'docker.exec.resize': resizeExec,
  'docker.network.list': listNetworks,
  'docker.network.create': createNetwork,
  'docker.network.prune': pruneNetworks,
  'docker.network.inspect': inspectNetwork,
  'docker.network.remove': removeNetwork,
  'docker.network.connect': connectNetwork,
  'docker.network.disconnect': disconnectNetwork,
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
  'docker.secret.list': secrets.list,
  'docker.secret.create': secrets.create,
  'docker.secret.inspect': secrets.inspect,
  'docker.secret.remove': secrets.remove,
  'docker.volume.list': volumes.list,
  'docker.volume.create': volumes.create,
  'docker.volume.prune': volumes.prune,
  'docker.volume.inspect': volumes.inspect,
  'docker.volume.remove': volumes.remove,
}
