import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

import { readExit } from '../../../adapters/conmon/index.ts'
import { bootId, processName, processStartTime } from '../../../lib/process/process.ts'
import {
  addressesOf,
  type ContainerRecord,
  type ContainerRunState,
  formatNano,
  freshState,
  type NetworkStatus,
  timestamp,
} from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { findNetwork } from '../../networks/find.ts'
import { contains, formatAddress, parseBlock } from '../../../lib/host/ip-blocks.ts'
import { netnsFile } from '../../networks/set-up.ts'
import { containerPaths } from '../../paths.ts'
import { cgroupPathOf } from './set-up-run.ts'

const statusOf = { created: 'initialized', running: 'running', paused: 'paused' } as const

/**
 * Rebuilds a container's lost state from the runtime, the monitor and the files of its run. A run that has exited and still holds
 * something is `stopped`, so that it is reconciled next.
 *
 * @param record with the readable rest of its state.
 * @throws EngineError when the runtime cannot be queried.
 */
export async function rebuildState(context: Context, record: ContainerRecord): Promise<ContainerRunState> {
  const { id, config } = record
  const paths = containerPaths(context, id)
  const { startedAt, finishedAt, exitCode, error, restarts, stoppedByUser, oomKilled } = record.state
  const { checkpointed, checkpointedAt, checkpointPath, restored, restoredAt } = record.state
  const history = { startedAt, finishedAt, exitCode, error, restarts, stoppedByUser, oomKilled }
  const checkpoints = { checkpointed, checkpointedAt, checkpointPath, restored, restoredAt }
  const idle = { ...freshState(), ...history, ...checkpoints }
  if (!existsSync(paths.run)) {
    const ran = existsSync(path.join(paths.bundle, 'config.json'))
    return { ...idle, status: ran ? 'exited' : 'created' }
  }
  const held = { ...idle, bootId: bootId(), mounted: true, ...(await networkFacts(context, record)) }
  const runtime = await context.runtime({ program: config.runtime, cgroupManager: config.cgroupManager })
  const found = await runtime.state(id)
  if (!found || found.pid === 0 || !(found.status in statusOf)) {
    const exit = readExit(paths.exits, id)
    const end = exit ? formatNano(BigInt(Math.round(exit.at * 1e6))) : finishedAt || timestamp()
    return { ...held, status: 'stopped', exitCode: exit?.code ?? exitCode, finishedAt: end }
  }
  return {
    ...held,
    status: statusOf[found.status as keyof typeof statusOf],
    pid: found.pid,
    pidStart: processStartTime(found.pid) ?? '',
    ...monitorOf(paths.conmonPidFile),
    startedAt: startedAt || startOf(paths.pidFile),
    cgroupPath: config.cgroupManager === 'disabled' ? '' : cgroupPathOf(context, found.pid),
  }
}

/** The monitor, if the process in its pid file is one. */
function monitorOf(file: string): Pick<ContainerRunState, 'conmonPid' | 'conmonPidStart'> {
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').trim()) : 0
  if (!Number.isInteger(pid) || processName(pid) !== 'conmon') return { conmonPid: 0, conmonPidStart: '' }
  return { conmonPid: pid, conmonPidStart: processStartTime(pid) ?? '' }
}

/** The monitor writes it when the process exists. */
function startOf(pidFile: string): string {
  const found = statSync(pidFile, { throwIfNoEntry: false })
  return found ? formatNano(BigInt(Math.round(found.mtimeMs * 1e6))) : ''
}

/** Its addresses are recorded separately. */
async function networkFacts(
  context: Context,
  { id, config }: ContainerRecord,
): Promise<Pick<ContainerRunState, 'netnsPath' | 'networks'>> {
  const netns = netnsFile(context, id)
  const wanted = Object.keys(config.networks)
  const networks: Record<string, NetworkStatus> = {}
  for (const { network, address } of addressesOf(context.database, id)) {
    const info = await findNetwork(context, network).catch(() => undefined)
    const value = { family: address > 0xff_ff_ff_ffn ? (6 as const) : (4 as const), value: address }
    const subnet = info?.subnets.find((each) => contains(parseBlock(each.subnet), value))
    const known = networks[network]?.addresses ?? []
    networks[network] = {
      interface: config.networks[network]?.interface_name || `eth${Math.max(0, wanted.indexOf(network))}`,
      mac: config.networks[network]?.static_mac ?? '',
      addresses: [
        ...known,
        {
          address: formatAddress(value),
          prefix: Number(subnet?.subnet.split('/')[1] ?? 0),
          gateway: subnet?.gateway ?? '',
        },
      ],
      aliases: [...(config.networks[network]?.aliases ?? []), id.slice(0, 12)],
      networkId: info?.id ?? '',
    }
  }
  return { netnsPath: existsSync(netns) ? netns : '', networks }
}
