import { EngineError } from '../errors/index.ts'
import { plainEnvironment, run } from '../lib/process/exec.ts'

/**
 * Stops a systemd slice, which removes its cgroup. An unknown slice is success.
 *
 * @param user asks the user's own manager instead of the host's.
 * @throws CgroupUnavailable with systemd's message; ProgramMissing.
 */
export async function stopSlice(name: string, user: boolean): Promise<void> {
  const call = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager', 'StopUnit']
  const env = plainEnvironment({ DBUS_SESSION_BUS_ADDRESS: process.env['DBUS_SESSION_BUS_ADDRESS'] })
  const { code, stderr } = await run(
    'busctl',
    [user ? '--user' : '--system', '--quiet', 'call', ...call, 'ss', name, 'replace'],
    { env, timeout: 10_000 },
  )
  if (code === 0 || /not loaded|NoSuchUnit/i.test(stderr)) return
  throw new EngineError('CgroupUnavailable', `systemd could not stop ${name}: ${stderr.trim()}`, { details: { unit: name } })
}
