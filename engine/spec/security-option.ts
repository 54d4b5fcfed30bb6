import { badValue } from './bad-value.ts'

/** What options of security ask for, under the names of a container's request. */
export interface SecurityOptions {
  no_new_privileges?: boolean
  seccomp_profile_path?: string
  label_nested?: boolean
  procfs_opts?: string[]
  selinux_opts?: string[]
  apparmor_profile?: string
  mask?: string[]
  unmask?: string[]
}

/** What `--security-opt` asks for. @throws EngineError `InvalidArgument` for one that is not known. */
export function parseSecurity(options: readonly string[]): SecurityOptions {
  const spec: SecurityOptions = {}
  for (const option of options) {
    if (/^no-new-privileges([=:](true|false))?$/.test(option)) {
      spec.no_new_privileges = !option.endsWith('false')
      continue
    }
    const [, key, value = ''] = /^([\w-]+)[=:](.*)$/s.exec(option) ?? []
    if (key === 'seccomp') spec.seccomp_profile_path = value
    else if (option === 'label=nested' || option === 'label:nested') spec.label_nested = true
    else if (key === 'proc-opts') spec.procfs_opts = [...(spec.procfs_opts ?? []), ...value.split(',')]
    else if (key === 'label') spec.selinux_opts = [...(spec.selinux_opts ?? []), value]
    else if (key === 'apparmor') spec.apparmor_profile = value
    else if (key === 'mask') spec.mask = [...(spec.mask ?? []), ...value.split(':')]
    else if (key === 'unmask') spec.unmask = [...(spec.unmask ?? []), ...value.split(/[:,]/)]
    else throw badValue('invalid --security-opt {form}: "{option}"', { form: key === undefined ? 1 : 2, option })
  }
  return spec
}
