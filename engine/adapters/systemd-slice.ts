import { EngineError } from '../errors/index.ts'
import { plainEnvironment, run } from '../lib/process/exec.ts'

/** A property of a unit, as busctl takes it: name, signature, values. */
export type UnitProperty = readonly [name: string, signature: string, ...values: string[]]

const manager = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager']

/**
 * Makes a slice with limits, which is there before its containers are; of one that is there the limits are set again.
 *
 * @param user asks the user's own manager instead of the host's.
 * @throws CgroupUnavailable with systemd's message; ProgramMissing.
 */
export async function startSlice(name: string, properties: readonly UnitProperty[], user: boolean): Promise<void> {
  const given = [String(properties.length), ...properties.flat()]
  const started = await callManager(user, ['StartTransientUnit', 'ssa(sv)a(sa(sv))', name, 'replace', ...given, '0'])
  if (started.code === 0) return
  const set = await callManager(user, ['SetUnitProperties', 'sba(sv)', name, 'true', ...given])
  if (set.code === 0) return
  const message = `systemd could not make ${name}: ${(set.stderr || started.stderr).trim()}`
  throw new EngineError('CgroupUnavailable', message, { details: { unit: name } })
}

function callManager(user: boolean, words: readonly string[]): ReturnType<typeof run> {
  const env = plainEnvironment({ DBUS_SESSION_BUS_ADDRESS: process.env['DBUS_SESSION_BUS_ADDRESS'] })
  return run('busctl', [user ? '--user' : '--system', '--quiet', 'call', ...manager, ...words], { env, timeout: 30_000 })
}

/**
 * Stops a systemd slice, which removes its cgroup. An unknown slice is success.
 *
 * @param user asks the user's own manager instead of the host's.
 * @throws CgroupUnavailable with systemd's message; ProgramMissing.
 */
export async function stopSlice(name: string, user: boolean): Promise<void> {
  const { code, stderr } = await callManager(user, ['StopUnit', 'ss', name, 'replace'])
  if (code === 0 || /not loaded|NoSuchUnit/i.test(stderr)) return
  throw new EngineError('CgroupUnavailable', `systemd could not stop ${name}: ${stderr.trim()}`, { details: { unit: name } })
}
