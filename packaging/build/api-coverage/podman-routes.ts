/**
 * The routes of podman 5.8: method and path, without the version in front. From its public API reference, and those that this does not
 * name (HEAD of archives, removal of exec sessions, the older forms for manifests) from asking podman 5.4.2. `[5.8]` marks what came
 * after 5.4.2.
 */
export const libpodRoutes = lines(`
  GET /libpod/_ping
  HEAD /libpod/_ping
  GET /libpod/info
  GET /libpod/version
  GET /libpod/events
  GET /libpod/swagger
  GET /libpod/system/df
  POST /libpod/system/check
  POST /libpod/system/prune
  POST /libpod/commit
  POST /libpod/build
  POST /libpod/local/build [5.8]
  GET /libpod/containers/json
  POST /libpod/containers/create
  POST /libpod/containers/prune
  GET /libpod/containers/showmounted
  GET /libpod/containers/stats
  DELETE /libpod/containers/{name}
  GET /libpod/containers/{name}/archive
  HEAD /libpod/containers/{name}/archive
  PUT /libpod/containers/{name}/archive
  POST /libpod/containers/{name}/attach
  GET /libpod/containers/{name}/changes
  POST /libpod/containers/{name}/checkpoint
  POST /libpod/containers/{name}/exec
  GET /libpod/containers/{name}/exists
  GET /libpod/containers/{name}/export
  GET /libpod/containers/{name}/healthcheck
  POST /libpod/containers/{name}/init
  GET /libpod/containers/{name}/json
  POST /libpod/containers/{name}/kill
  GET /libpod/containers/{name}/logs
  POST /libpod/containers/{name}/mount
  POST /libpod/containers/{name}/pause
  POST /libpod/containers/{name}/rename
  POST /libpod/containers/{name}/resize
  POST /libpod/containers/{name}/restart
  POST /libpod/containers/{name}/restore
  POST /libpod/containers/{name}/start
  GET /libpod/containers/{name}/stats
  POST /libpod/containers/{name}/stop
  GET /libpod/containers/{name}/top
  POST /libpod/containers/{name}/unmount
  POST /libpod/containers/{name}/unpause
  POST /libpod/containers/{name}/update
  POST /libpod/containers/{name}/wait
  GET /libpod/exec/{id}/json
  POST /libpod/exec/{id}/remove
  POST /libpod/exec/{id}/resize
  POST /libpod/exec/{id}/start
  GET /libpod/images/json
  GET /libpod/images/export
  POST /libpod/images/import
  POST /libpod/images/load
  POST /libpod/local/images/load [5.8]
  POST /libpod/images/prune
  POST /libpod/images/pull
  DELETE /libpod/images/remove
  POST /libpod/images/scp/{name}
  GET /libpod/images/search
  DELETE /libpod/images/{name}
  GET /libpod/images/{name}/changes
  GET /libpod/images/{name}/exists
  GET /libpod/images/{name}/get
  GET /libpod/images/{name}/history
  GET /libpod/images/{name}/json
  POST /libpod/images/{name}/push
  GET /libpod/images/{name}/resolve
  POST /libpod/images/{name}/tag
  GET /libpod/images/{name}/tree
  POST /libpod/images/{name}/untag
  GET /libpod/artifacts/json [5.8]
  POST /libpod/artifacts/add [5.8]
  POST /libpod/artifacts/pull [5.8]
  DELETE /libpod/artifacts/remove [5.8]
  DELETE /libpod/artifacts/{name} [5.8]
  GET /libpod/artifacts/{name}/extract [5.8]
  GET /libpod/artifacts/{name}/json [5.8]
  POST /libpod/artifacts/{name}/push [5.8]
  POST /libpod/manifests/create
  POST /libpod/manifests/{name}
  PUT /libpod/manifests/{name}
  DELETE /libpod/manifests/{name}
  POST /libpod/manifests/{name}/add
  GET /libpod/manifests/{name}/exists
  GET /libpod/manifests/{name}/json
  POST /libpod/manifests/{name}/push
  POST /libpod/manifests/{name}/registry/{destination}
  GET /libpod/networks/json
  POST /libpod/networks/create
  POST /libpod/networks/prune
  DELETE /libpod/networks/{name}
  POST /libpod/networks/{name}/connect
  POST /libpod/networks/{name}/disconnect
  GET /libpod/networks/{name}/exists
  GET /libpod/networks/{name}/json
  POST /libpod/networks/{name}/update
  GET /libpod/pods/json
  POST /libpod/pods/create
  POST /libpod/pods/prune
  GET /libpod/pods/stats
  DELETE /libpod/pods/{name}
  GET /libpod/pods/{name}/exists
  GET /libpod/pods/{name}/json
  POST /libpod/pods/{name}/kill
  POST /libpod/pods/{name}/pause
  POST /libpod/pods/{name}/restart
  POST /libpod/pods/{name}/start
  POST /libpod/pods/{name}/stop
  GET /libpod/pods/{name}/top
  POST /libpod/pods/{name}/unpause
  GET /libpod/secrets/json
  POST /libpod/secrets/create
  DELETE /libpod/secrets/{name}
  GET /libpod/secrets/{name}/exists
  GET /libpod/secrets/{name}/json
  GET /libpod/volumes/json
  POST /libpod/volumes/create
  POST /libpod/volumes/prune
  DELETE /libpod/volumes/{name}
  GET /libpod/volumes/{name}/exists
  GET /libpod/volumes/{name}/export [5.8]
  POST /libpod/volumes/{name}/import [5.8]
  GET /libpod/volumes/{name}/json
  GET /libpod/generate/kube
  GET /libpod/generate/{name}/systemd
  POST /libpod/kube/apply
  POST /libpod/kube/play
  DELETE /libpod/kube/play
  POST /libpod/play/kube
  DELETE /libpod/play/kube
  GET /libpod/quadlets/json [5.8]
  POST /libpod/quadlets [5.8]
  DELETE /libpod/quadlets [5.8]
  DELETE /libpod/quadlets/{name} [5.8]
  GET /libpod/quadlets/{name}/exists [5.8]
  GET /libpod/quadlets/{name}/file [5.8]
`)

/** Podman's routes of Docker's API. */
export const dockerRoutes = lines(`
  GET /_ping
  HEAD /_ping
  POST /auth
  POST /build
  POST /commit
  GET /events
  GET /info
  GET /system/df
  GET /version
  GET /containers/json
  POST /containers/create
  POST /containers/prune
  DELETE /containers/{name}
  GET /containers/{name}/archive
  HEAD /containers/{name}/archive
  PUT /containers/{name}/archive
  POST /containers/{name}/attach
  GET /containers/{name}/changes
  POST /containers/{name}/exec
  GET /containers/{name}/export
  GET /containers/{name}/json
  POST /containers/{name}/kill
  GET /containers/{name}/logs
  POST /containers/{name}/pause
  POST /containers/{name}/rename
  POST /containers/{name}/resize
  POST /containers/{name}/restart
  POST /containers/{name}/start
  GET /containers/{name}/stats
  POST /containers/{name}/stop
  GET /containers/{name}/top
  POST /containers/{name}/unpause
  POST /containers/{name}/update
  POST /containers/{name}/wait
  GET /distribution/{name}/json
  GET /exec/{id}/json
  POST /exec/{id}/resize
  POST /exec/{id}/start
  POST /images/create
  GET /images/get
  GET /images/json
  POST /images/load
  POST /images/prune
  GET /images/search
  DELETE /images/{name}
  GET /images/{name}/get
  GET /images/{name}/history
  GET /images/{name}/json
  POST /images/{name}/push
  POST /images/{name}/tag
  GET /networks
  POST /networks/create
  POST /networks/prune
  DELETE /networks/{name}
  GET /networks/{name}
  POST /networks/{name}/connect
  POST /networks/{name}/disconnect
  GET /secrets
  POST /secrets/create
  DELETE /secrets/{name}
  GET /secrets/{name}
  POST /secrets/{name}/update
  GET /volumes
  POST /volumes/create
  POST /volumes/prune
  DELETE /volumes/{name}
  GET /volumes/{name}
  GET /plugins
  GET /configs/{id}
  GET /nodes/{id}
  GET /services/{id}
  GET /swarm/{verb}
  GET /tasks/{id}
`)

/** Routes of Docker's own API that podman does not have either. */
export const dockerOnlyRoutes = lines(`
  GET /containers/{name}/attach/ws
  POST /build/prune
  POST /session
  POST /grpc
  GET /plugins/privileges
  POST /plugins/pull
  GET /plugins/{name}/json
  GET /configs
  GET /nodes
  GET /services
  GET /swarm
  GET /tasks
  GET /services/{id}/logs
  POST /swarm/init
  POST /swarm/join
  POST /services/create
  POST /configs/create
`)

/** A route: `path` has `{field}` for what varies. */
export interface Route {
  method: string
  path: string
  /** It came after podman 5.4.2. */
  newer: boolean
}

function lines(text: string): Route[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [method = '', path = '', mark] = line.trim().split(' ')
      return { method, path, newer: mark !== undefined }
    })
}
