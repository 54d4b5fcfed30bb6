/** Control groups: how they are mounted, what they use, who is in them. Knows both versions; nothing here starts a program. */
export { type CgroupMode, type Cgroups, detectCgroups } from './cgroup/mode.ts'
