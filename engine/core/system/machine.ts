import { readFileSync } from 'node:fs'
import os from 'node:os'

const goArchitectures: Record<string, string> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: '386',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
}

/** This machine's architecture as images and podman name it. */
export function architecture(): string {
  return goArchitectures[process.arch] ?? process.arch
}

/** os-release(5) of this host. */
export function distribution(): { distribution: string; version: string; codename?: string } {
  const text = readIfThere('/etc/os-release') ?? readIfThere('/usr/lib/os-release') ?? ''
  const values = new Map(
    text
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).replace(/^["']|["']$/g, '')]),
  )
  const codename = values.get('VERSION_CODENAME')
  return {
    distribution: values.get('ID') ?? 'unknown',
    version: values.get('VERSION_ID') ?? 'unknown',
    ...(codename ? { codename } : {}),
  }
}

/** Sizes in bytes, from proc_meminfo(5). */
export function memory(): { memFree: number; memTotal: number; swapFree: number; swapTotal: number } {
  const text = readIfThere('/proc/meminfo') ?? ''
  const bytes = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024
  return { memFree: bytes('MemFree'), memTotal: bytes('MemTotal'), swapFree: bytes('SwapFree'), swapTotal: bytes('SwapTotal') }
}

/** Shares of all processors' time since boot, in percent with two digits (proc_stat(5)). */
export function cpuUtilization(): { userPercent: number; systemPercent: number; idlePercent: number } | null {
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0] = (
    readIfThere('/proc/stat')?.split('\n')[0] ?? ''
  )
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  const total = user + nice + system + idle + wait + irq + softirq + steal
  if (!(total > 0)) return null
  const percent = (part: number): number => Math.round((part / total) * 10_000) / 100
  return {
    userPercent: percent(user + nice),
    systemPercent: percent(system + irq + softirq + steal),
    idlePercent: percent(idle + wait),
  }
}

/** podman's way to write the time since boot: `0h 5m 5.00s`, with days in brackets behind. */
export function uptimeText(seconds = os.uptime()): string {
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const days = seconds / 86_400
  const text = `${hours}h ${minutes}m ${(seconds % 60).toFixed(2)}s`
  return days >= 1 ? `${text} (Approximately ${days.toFixed(2)} days)` : text
}

/** Whether the kernel filters system calls (seccomp(2)). */
export function hasSeccomp(): boolean {
  return /^Seccomp:/m.test(readIfThere('/proc/self/status') ?? '')
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
