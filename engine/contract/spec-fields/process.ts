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
  manage_password: {
    state: 'refused',
    reason: "the image's /etc/passwd is shown as it is; leave it out",
    usual: [true],
  },
  ...refused('give the variables with --env', 'envmerge', 'secret_env'),
  ...refused('secrets are not supported yet; mount a file instead', 'secrets'),
  ...refused('set the variable TZ instead', 'timezone'),
  ...refused('add the line to a file and mount it', 'passwd_entry', 'group_entry'),
  ...refused('add the user to a passwd file and mount it', 'hostusers'),
  ...refused('init_path in containers.conf names the program of --init', 'init_path'),
  ...refused('containers that run before those of a pod are not supported yet; start it by itself', 'init_container_type'),
  ...refused('leave it out', 'personality', 'chroot_directories'),
}
