/** Control groups: how they are mounted, what they use, who is in them. Knows both versions; nothing here starts a program. */
export { type CgroupMode, type Cgroups, detectCgroups } from './cgroup/mode.ts'
export { cgroupOfProcess, type CgroupPaths, cgroupPaths } from './cgroup/paths.ts'
export { createCgroup, isDelegated, isFrozen, moveProcess, processesIn, removeCgroup } from './cgroup/tree.ts'
export { readUsage, type Usage } from './cgroup/usage.ts'
export type { Pressure, PressureLine } from './cgroup/usage-v2.ts'
