/** Control groups: how they are mounted, what they use, who is in them. Knows both versions; nothing here starts a program. */
export { type CgroupMode, type Cgroups, detectCgroups } from './mode.ts'
export { cgroupOfProcess, type CgroupPaths, cgroupPaths } from './paths.ts'
export { type GroupLimits, writeLimits } from './limits.ts'
export { cpuWeight, type GroupResources, ioWeight, limitGroup } from './resources.ts'
export { createCgroup, isDelegated, isFrozen, moveProcess, ownProcesses, processesIn, removeCgroup } from './tree.ts'
export { KeptFiles } from './small-file.ts'
export { readUsage } from './usage.ts'
export type { Pressure, PressureLine, Usage } from './usage-shape.ts'
