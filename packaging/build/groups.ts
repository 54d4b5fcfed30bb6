/** Modules of the command line that one file holds, because commands that need one mostly need the others. */
export interface Group {
  readonly name: string
  readonly modules: RegExp
  /** Whether all functions are compiled when Berth is built. Of the others only what they are called is kept. */
  readonly compiled: boolean
}

const named = (...patterns: string[]) => new RegExp(`^(${patterns.join('|')})$`)

/**
 * A module belongs to the first group that names it. A command reads all of every group that it comes to, which costs it
 * some 7 ms a megabyte of code (docs/decisions/0014-compiled-for-most.md).
 */
export const groups: readonly Group[] = [
  {
    name: 'start',
    compiled: true,
    modules: named(
      'engine/cli/(main|command|command-list|find-command|run-command-line|open-engine|registry-flags|targets|version)\\.ts',
      'engine/cli/(parse|output/template)/.*',
      'engine/cli/output/(table|report|human|go-json)\\.ts',
      'engine/cli/commands/(version|ps|images|inspect)\\.ts',
      'engine/errors/.*',
      'engine/contract/(?!openapi).*',
      '(.*/)?node_modules/valibot/.*',
    ),
  },
  {
    name: 'store',
    compiled: true,
    modules: named(
      'engine/store/.*',
      'engine/core/(context|index|verbs|system-failure)\\.ts',
      'engine/core/config/storage-.*',
      'engine/core/containers/(reconcile|live|locate|list)\\.ts',
      'engine/core/filters/container\\.ts',
      'engine/core/images/(store|find|names|current|list|filter|resolve|inspect)\\.ts',
      'engine/core/manifests/instance\\.ts',
      'engine/lib/(identity|log|lock|atomic-file|process|random-id|disk-failure|exec)\\.ts',
      'engine/lib/sys(/(mount|libc|flock|inode|pipe))?\\.ts',
      'engine/storage/(index|layout|layers|layer-record|examine|snapshots|snapshot-record)\\.ts',
      'engine/image/(index|signing/index|reference|digest|manifest|media-types|config|platform|blob-store)\\.ts',
    ),
  },
  { name: 'toml', compiled: true, modules: named('(.*/)?node_modules/smol-toml/.*') },
  {
    name: 'containers',
    compiled: true,
    modules: named(
      'engine/core/containers/(spec|resolve|life)/.*',
      'engine/core/containers/(attach|cleanup|create|event|init|inspect|remove|start|state-changes|volumes|wait)\\.ts',
      'engine/core/exec/.*',
      'engine/core/networks/(set-up|default-network|find|ports|bridge|ipv4)\\.ts',
      'engine/core/config/.*',
      'engine/core/paths\\.ts',
      'engine/core/images/additional/require-usable\\.ts',
      'engine/adapters/((conmon|systemd|netns|pasta|netavark|runtime)\\.ts|conmon/.*)',
      'engine/lib/(cgroup|port-reservation)\\.ts',
      'engine/lib/(cgroup|sys)/(?!usage).*',
      'engine/storage/overlay\\.ts',
      'engine/cli/(create-container|proxy-signals|terminal|detach-keys|exit-code)\\.ts',
      'engine/cli/spec/.*',
      'engine/cli/commands/(run|create|start|stop|exec|rm|wait|cleanup)\\.ts',
    ),
  },
  {
    name: 'transfers',
    compiled: true,
    modules: named(
      'engine/registry/(?!search|fake|foreign|check-login|logins|pages).*',
      'engine/core/images/(pull|copy)/.*',
      'engine/core/images/(pull|push|copy|pull-registries|pull-stream|progress)\\.ts',
      'engine/core/images/transports/(registry-.*|store-.*|index|access|access-of)\\.ts',
      'engine/core/images/trust/(require-trust|evaluate|policy-file|make-signatures|registry-signatures|signature-stores|lookaside)\\.ts',
      'engine/core/registries/options\\.ts',
      'engine/image/(convert|transport-name|blob-writer|signing/(policy|signature))\\.ts',
      'engine/adapters/(inflater|start-program|start-thread)\\.ts',
      'engine/lib/(at-exit|gather|thread-script)\\.ts',
      'engine/cli/skopeo/flags\\.ts',
      'engine/cli/(interrupt|ask-password|pull-image|show-transfer|push-flags)\\.ts',
      'engine/cli/commands/(pull|push|image-copy)\\.ts',
    ),
  },
  {
    name: 'service',
    compiled: true,
    modules: named('engine/rest/.*', 'engine/cli/run-service\\.ts', 'engine/core/warm-up\\.ts'),
  },
  { name: 'rest', compiled: false, modules: /./ },
]
