/** capability.h, by number. */
const names = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER ' +
  'SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP ' +
  'MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ')

/** A mask as /proc/PID/status writes it, as text: `none`, `full`, or names in alphabetical order. */
export function capabilityText(mask: string | undefined): string {
  if (mask === undefined || !/^[0-9a-f]+$/i.test(mask)) return '?'
  const bits = BigInt(`0x${mask}`)
  if (bits === 0n) return 'none'
  const held = names.filter((_, number) => (bits >> BigInt(number)) & 1n)
  return held.length === names.length ? 'full' : held.sort().join(',')
}
