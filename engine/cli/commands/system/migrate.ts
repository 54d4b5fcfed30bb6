import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

import { identity } from '../../../lib/process/identity.ts'
import { isAlive } from '../../../lib/process/process.ts'
import { command } from '../../command.ts'
import { print } from '../../output/print.ts'
import { text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

export const migrate = command({
  summary: 'Migrate containers',
  description:
    'Records are upgraded whenever they are read. For an ordinary user this stops all running containers and ends the process that holds the user namespace, so that the next command makes it again with what /etc/subuid and /etc/subgid say by then.',
  examples: ['berth system migrate'],
  flags: { 'new-runtime': text('', 'Specify a new runtime for all containers', { hidden: true }) },
  args: { max: 0 },
  local: 'store',
  async run({ flags, engine }) {
    if (flags['new-runtime'] !== undefined)
      throw new UsageError(
        '--new-runtime is not supported: a container keeps the runtime that it was made with; create it again with --runtime',
      )
    const api = await engine()
    const running = await api['container.list']({ filters: { status: ['running', 'paused'] } })
    if (!identity().rootless) return
    for (const { Id, Names } of running) {
      print(`stopped ${Names[0] ?? Id}\n`)
      await api['container.stop']({ name: Id })
    }
    endNamespace(path.join(process.env['XDG_RUNTIME_DIR'] ?? '', 'berth/pause'))
  },
})

/** The record of the launcher's pause process: its pid and start time. */
function endNamespace(record: string): void {
  const [pid = '', start = ''] = readFileSync(record, 'utf8').trim().split(' ')
  if (!/^\d+$/.test(pid) || !isAlive(Number(pid), start)) return
  rmSync(record, { force: true })
  process.kill(Number(pid), 'SIGTERM')
}
