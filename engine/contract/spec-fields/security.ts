import { done, refused, type SpecFields } from './state.ts'

/** What a container may do. */
export const securityFields: SpecFields = {
  ...done(
    'privileged: privileged',
    'read_only_filesystem: read-only',
    'read_write_tmpfs: read-only-tmpfs',
    'cap_add: cap-add',
    'cap_drop: cap-drop',
    'no_new_privileges: security-opt',
    'seccomp_profile_path: security-opt',
    'selinux_opts: security-opt',
    'apparmor_profile: security-opt',
    'mask: security-opt',
    'unmask: security-opt',
  ),
  seccomp_policy: {
    state: 'refused',
    reason: 'a profile is never taken from an image; name its file with --security-opt seccomp=FILE',
    usual: ['default'],
  },
  ...refused('leave it out', 'procfs_opts', 'label_nested'),
}
