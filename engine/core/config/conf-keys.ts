/** What a value of containers.conf must be. */
export type ConfShape = 'list' | 'text' | 'flag' | 'number' | 'pools' | 'map' | 'tables'

/** A key that is followed. */
interface Followed {
  shape: ConfShape
}

/** A key of podman's that has no effect here. */
interface Ignored {
  ignored: string
  /** Whether somebody who set it misses something: said as a warning then, else at debug level. */
  missed?: boolean
}

const list = { shape: 'list' } as const
const text = { shape: 'text' } as const
const flag = { shape: 'flag' } as const
const number = { shape: 'number' } as const
/** Tables of `base` and `size`. */
const pools = { shape: 'pools' } as const
const map = { shape: 'map' } as const
/** Tables by name. */
const tables = { shape: 'tables' } as const
const ignored = <const R extends string>(reason: R) => ({ ignored: reason }) as const
const missed = <const R extends string>(reason: R) => ({ ignored: reason, missed: true }) as const

const oneStore = 'the store is in one place, which storage.conf and --root move'
const elsewhere = 'nothing here asks for it yet'
const podmansOwn = "it is about podman's own files and processes"
const images = 'images are handled by the flags and by registries.conf'
const events = 'events are kept in a file of the store, which is rotated at 16 MiB'

/** Every documented key of the tables that are read: containers.conf(5). */
export const confKeys = {
  containers: {
    annotations: list,
    apparmor_profile: text,
    base_hosts_file: text,
    cgroup_conf: list,
    cgroups: text,
    cgroupns: text,
    container_name_as_hostname: flag,
    default_capabilities: list,
    default_sysctls: list,
    default_ulimits: list,
    devices: list,
    dns_options: list,
    dns_searches: list,
    dns_servers: list,
    env: list,
    env_host: flag,
    host_containers_internal_ip: text,
    http_proxy: flag,
    init: flag,
    init_path: text,
    interface_name: text,
    ipcns: text,
    keyring: flag,
    label: flag,
    label_users: missed('containers get no label of SELinux'),
    log_driver: text,
    log_path: text,
    log_size_max: number,
    log_tag: text,
    mounts: list,
    netns: text,
    no_hosts: flag,
    oom_score_adj: number,
    pidns: text,
    pids_limit: number,
    prepare_volume_on_create: missed('volumes are filled at the first start'),
    privileged: flag,
    read_only: flag,
    seccomp_profile: text,
    shm_size: text,
    tz: text,
    umask: text,
    userns: text,
    utsns: text,
    volumes: list,
  },
  engine: {
    active_service: text,
    add_compression: list,
    cdi_spec_dirs: list,
    cgroup_manager: text,
    chown_copied_files: ignored(elsewhere),
    compat_api_enforce_docker_hub: ignored(images),
    compose_providers: list,
    compose_warning_logs: flag,
    compression_format: text,
    compression_level: number,
    conmon_env_vars: list,
    conmon_path: list,
    database_backend: ignored(podmansOwn),
    detach_keys: missed('--detach-keys says them'),
    enable_port_reservation: ignored('published ports are always reserved'),
    env: list,
    events_container_create_inspect_data: ignored(events),
    events_logfile_max_size: ignored(events),
    events_logfile_path: missed(events),
    events_logger: missed(events),
    exit_command_delay: missed('exec sessions are known for five minutes after their end'),
    healthcheck_events: flag,
    helper_binaries_dir: list,
    hooks_dir: list,
    image_copy_tmp_dir: ignored(images),
    image_default_format: missed(images),
    image_default_transport: missed(images),
    image_parallel_copies: ignored(images),
    image_volume_mode: text,
    infra_command: text,
    infra_image: text,
    kernel_memory: ignored(podmansOwn),
    kube_generate_type: ignored(elsewhere),
    lock_type: ignored(podmansOwn),
    multi_image_archive: ignored(images),
    namespace: ignored('all containers of a store are in one namespace'),
    network_cmd_options: missed('pasta connects containers, and pasta_options are its options'),
    network_cmd_path: ignored('pasta connects containers, and helper_binaries_dir says where it is'),
    no_pivot_root: missed('runtimes always pivot'),
    num_locks: ignored(podmansOwn),
    pod_exit_policy: text,
    pull_policy: missed('--pull says it'),
    remote: ignored('--url and CONTAINER_HOST say it'),
    retry: missed('--retry says it'),
    retry_delay: missed('--retry-delay says it'),
    runtime: text,
    runtime_supports_json: ignored(podmansOwn),
    runtime_supports_kvm: ignored(podmansOwn),
    runtime_supports_nocgroups: ignored(podmansOwn),
    service_destinations: tables,
    service_timeout: number,
    static_dir: ignored(oneStore),
    stop_timeout: number,
    tmp_dir: ignored(oneStore),
    volume_path: missed(oneStore),
  },
  network: {
    cni_plugin_dirs: ignored('networks are made by netavark'),
    default_network: text,
    default_rootless_network_cmd: text,
    default_subnet: text,
    default_subnet_pools: pools,
    dns_bind_port: number,
    firewall_driver: text,
    netavark_plugin_dirs: list,
    network_backend: text,
    network_config_dir: text,
    pasta_options: list,
  },
  secrets: {
    driver: text,
    opts: map,
  },
} as const satisfies Record<string, Record<string, Followed | Ignored>>

export type ConfTable = keyof typeof confKeys

type Camel<S extends string> = S extends `${infer First}_${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : S
type Value<S> = S extends 'list'
  ? string[]
  : S extends 'map'
    ? Record<string, string>
    : S extends 'tables'
      ? Record<string, Record<string, unknown>>
      : S extends 'text'
        ? string
        : S extends 'flag'
          ? boolean
          : S extends 'pools'
            ? { base?: unknown; size?: unknown }[]
            : number
type Settings<T> = {
  -readonly [K in keyof T & string as T[K] extends Followed ? Camel<K> : never]?: T[K] extends { shape: infer S }
    ? Value<S>
    : never
}

/** The settings of containers.conf(5) that this engine follows. What a file does not set is undefined. */
export type ContainersConf = { [T in ConfTable]: Settings<(typeof confKeys)[T]> }
