/** Routes of libpod's and Docker's APIs that are answered with a sentence. */
export interface RefusedRoutes {
  readonly methods: readonly string[]
  /** As an operation's path is written; `{rest:.*}` may be empty. */
  readonly paths: readonly string[]
  readonly status: 501 | 503
  /** The whole sentence: what is not possible, and the way out. */
  readonly reason: string
}

const any = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const

export const refusedRoutes: readonly RefusedRoutes[] = [
  {
    methods: ['POST'],
    paths: ['/build', '/libpod/build', '/libpod/local/build', '/session', '/grpc'],
    status: 501,
    reason: 'Berth does not build images yet: build with buildah or podman, and load or push the image.',
  },
  {
    methods: ['GET'],
    paths: ['/libpod/generate/kube', '/libpod/generate/{name:.*}/systemd'],
    status: 501,
    reason: 'Berth does not generate Kubernetes YAML or systemd units yet.',
  },
  {
    methods: ['POST', 'DELETE'],
    paths: ['/libpod/kube/apply', '/libpod/kube/play', '/libpod/play/kube'],
    status: 501,
    reason: 'Berth does not run Kubernetes YAML yet: create the pod and its containers instead.',
  },
  {
    methods: any,
    paths: ['/libpod/quadlets', '/libpod/quadlets/{rest:.*}'],
    status: 501,
    reason: 'Berth does not manage quadlets yet: restart policies start containers at boot.',
  },
  {
    methods: any,
    paths: ['/swarm', '/nodes', '/services', '/tasks', '/configs'].flatMap((path) => [path, `${path}/{rest:.*}`]),
    status: 503,
    reason: 'This host is not part of a swarm, and Berth has no swarm: use pods, or compose.',
  },
  {
    methods: any,
    paths: ['/plugins', '/plugins/{rest:.*}'],
    status: 501,
    reason: 'Berth has no plugins.',
  },
  {
    methods: ['POST'],
    paths: ['/secrets/{name}/update'],
    status: 501,
    reason: 'A secret cannot be changed: remove it and create it again.',
  },
  {
    methods: ['GET'],
    paths: ['/containers/{name}/attach/ws'],
    status: 501,
    reason: 'Berth does not attach by websocket: POST to /containers/NAME/attach.',
  },
]
