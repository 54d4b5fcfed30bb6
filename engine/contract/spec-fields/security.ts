import { done, type SpecFields } from './state.ts'

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
    'procfs_opts: security-opt',
    'label_nested: security-opt',
    'seccomp_policy: seccomp-policy',
  ),
}
