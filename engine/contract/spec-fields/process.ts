import { done, refused, type SpecFields } from './state.ts'

/** What runs in a container, and with which names. */
export const processFields: SpecFields = {
  ...done(
    'command',
    'entrypoint: entrypoint',
    'env: env env-file',
    'env_host: env-host',
    'httpproxy: http-proxy',
    'unsetenv: unsetenv',
    'unsetenvall: unsetenv-all',
    'terminal: tty',
    'stdin: interactive',
    'work_dir: workdir',
    'user: user',
    'groups: group-add',
    'umask: umask',
    'init: init',
    'labels: label label-file',
    'annotations: annotation',
    'containerCreateCommand',
  ),
  ...done(
    'manage_password: passwd',
    'envmerge: env-merge',
    'timezone: tz',
    'passwd_entry: passwd-entry',
    'group_entry: group-entry',
    'hostusers: hostuser',
    'init_path: init-path',
    'personality: personality',
    'personality.domain',
    'chroot_directories: chrootdirs',
    'init_container_type: init-ctr',
    'preserve_fd',
  ),
  ...refused('the kernel has no flags of a personality; leave them out', 'personality.flags'),
  ...done(
    'secret_env: secret',
    'secrets: secret',
    ...['Source', 'Target', 'UID', 'GID', 'Mode'].map((name) => `secrets.${name}`),
  ),
}
