import { _ } from '../../i18n/gettext.ts'

/** The labels of the dialog by the fields of the engine's request. */
const titles: Readonly<Record<string, () => string>> = {
  image: () => _('Image'),
  command: () => _('Command'),
  entrypoint: () => _('Entrypoint'),
  env: () => _('Environment variables'),
  labels: () => _('Labels'),
  portmappings: () => _('Ports'),
  publish_image_ports: () => _('Publish all exposed ports'),
  mounts: () => _('Volumes'),
  volumes: () => _('Volumes'),
  overlay_volumes: () => _('Volumes'),
  terminal: () => _('Allocate a TTY'),
  stdin: () => _('Allocate a TTY'),
  restart_policy: () => _('Restart policy'),
  restart_tries: () => _('Maximum retries'),
  work_dir: () => _('Working directory'),
  user: () => _('User'),
  init: () => _('Run an init process'),
  stop_signal: () => _('Stop signal'),
  stop_timeout: () => _('Stop timeout (seconds)'),
  resource_limits: () => _('Limits'),
  shm_size: () => _('Size of /dev/shm'),
  hostname: () => _('Hostname'),
  dns_server: () => _('DNS servers'),
  dns_search: () => _('DNS search domains'),
  hostadd: () => _('Hosts'),
  netns: () => _('Network mode'),
  Networks: () => _('Networks'),
  privileged: () => _('Privileged'),
  read_write_tmpfs: () => _('Read-only root file system'),
  read_only_filesystem: () => _('Read-only root file system'),
  no_new_privileges: () => _('No new privileges'),
  cap_add: () => _('Add capabilities'),
  cap_drop: () => _('Drop capabilities'),
  userns: () => _('User namespace'),
  devices: () => _('Devices'),
  secrets: () => _('Secrets'),
  secret_env: () => _('Secrets'),
  healthconfig: () => _('Health check'),
  health_check_on_failure_action: () => _('When it becomes unhealthy'),
}

/** What the settings of these fields are called in the dialog, each once. `fields`: paths, such as `resource_limits.memory.limit`. */
export const settingTitles = (fields: readonly string[]): string[] => [
  ...new Set(fields.map((field) => titles[field.split('.')[0]!]?.() ?? field)),
]
