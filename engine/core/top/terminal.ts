/** A process's terminal by its device number (proc_pid_stat(5), `tty_nr`): `pts/0`, `tty1`, or `?` for none. */
export function terminalName(device: number): string {
  if (device === 0) return '?'
  const major = (device >> 8) & 0xfff
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00)
  // devices.txt of the kernel: 136 to 143 are the slaves of pseudo-terminals.
  if (major >= 136 && major <= 143) return `pts/${(major - 136) * 256 + minor}`
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`
  return major === 5 && minor === 1 ? 'console' : '?'
}
