import { existsSync } from 'node:fs'
import { cpus } from 'node:os'

import type { ContainerSpec } from '../../../contract/index.ts'
import { hiddenOfHostSys } from './sys-mounts.ts'

/** What podman 5.8 hides; earlier ones leave out interrupts, which tell of others' keystrokes and load. */
const masked = [
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
  '/sys/fs/selinux',
]
/** Counters of each processor's temperature, where it has them. */
const thermal = cpus()
  .map((_, number) => `/sys/devices/system/cpu/cpu${number}/thermal_throttle`)
  .filter((folder) => existsSync(folder))
const readonly = ['/proc/asound', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

/** What a container sees nothing of, or cannot write to, unless it asks for it. */
export const hiddenByDefault: readonly string[] = [...masked, ...thermal, ...readonly]

/**
 * `linux.maskedPaths`: podman's, with the caller's additions (`mask`) and exceptions (`unmask`, `ALL` for all).
 *
 * @param hostSys whether /sys is the host's own; what is hidden of it then has no exception.
 */
export function maskedPaths(spec: ContainerSpec, hostSys: boolean): string[] {
  const added = (spec.mask ?? []).flatMap((each) => each.split(':'))
  return [...[...masked, ...thermal].filter((file) => !isUnmasked(spec, file)), ...(hostSys ? [hiddenOfHostSys] : []), ...added]
}

/** `linux.readonlyPaths`, with the caller's exceptions. */
export function readonlyPaths(spec: ContainerSpec): string[] {
  return readonly.filter((file) => !isUnmasked(spec, file))
}

/** Whether the caller wants to write to the container's cgroups: `ALL` or their very folder, as with podman. */
export function unmasksCgroups(spec: ContainerSpec): boolean {
  return unmasked(spec).some((each) => each.toUpperCase() === 'ALL' || each.replace(/\/+$/, '') === '/sys/fs/cgroup')
}

function isUnmasked(spec: ContainerSpec, file: string): boolean {
  return unmasked(spec).some(
    (each) => each.toUpperCase() === 'ALL' || each === file || (each.endsWith('*') && file.startsWith(each.slice(0, -1))),
  )
}

function unmasked({ unmask }: ContainerSpec): string[] {
  return (unmask ?? []).flatMap((each) => each.split(':'))
}
