import { idMappings, namespaceFields } from './shared.ts'
import { done, type SpecFields } from './state.ts'

/** Namespaces, control groups and limits of processes. */
export const ownNamespaceFields: SpecFields = {
  ...done(
    'pidns: pid',
    'ipcns: ipc',
    'utsns: uts',
    'userns: userns',
    'cgroupns: cgroupns',
    'cgroup_parent: cgroup-parent',
    'cgroups_mode: cgroups',
    'sysctl: sysctl',
    'r_limits: ulimit',
    'oom_score_adj: oom-score-adj',
    'intelRdt: rdt-class',
    'intelRdt.closID',
  ),
  ...done('r_limits.type', 'r_limits.hard', 'r_limits.soft'),
  ...namespaceFields('netns', 'pidns', 'ipcns', 'utsns', 'userns', 'cgroupns'),
  ...idMappings,
}
