import type { ContainerProcess, Engine, OutputChunk, Pipe } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { delay } from '../engine/connection/retry.ts'
import { createChannel } from './channel.ts'
import { findContainer } from './fake-containers.ts'
import { logVerbs } from './fake-logs.ts'
import { type FakeWorld, openStream } from './fake-world.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The operations of the fake that stream, and what goes with them. */
export function streamVerbs(world: FakeWorld): Partial<Engine> {
  const { state } = world
  return {
    'system.info': async () => state.info,
    'system.df': async () => ({
      ImagesSize: state.images.reduce((sum, image) => sum + image.Size, 0),
      Images: [],
      Containers: state.containers.map((each) => ({
        ContainerID: each.Id,
        Image: each.Image,
        Command: each.Command,
        LocalVolumes: 0,
        Size: 0,
        RWSize: 12_400_000,
        Created: '',
        Status: '',
        Names: each.Names[0]!,
      })),
      Volumes: [{ VolumeName: 'web-data', Links: 1, Size: 1_340_000_000, ReclaimableSize: 0 }],
    }),
    'system.events': async (_input, options) => openStream(world.eventStreams, options?.signal),
    'container.processes': async ({ name }, options) => processReports(findContainer(world, name).Command ?? [], options?.signal),
    'container.signalProcess': async ({ name, pid }) => {
      findContainer(world, name)
      if (Number(pid) > 90) throw new EngineError('ProcessNotFound', `There is no process ${pid} in container ${name} any more.`)
    },
    'container.stats': async (_input, options) => openStream(world.statsStreams, options?.signal),
    ...logVerbs(world),
    'exec.create': async ({ name }) => ({ Id: `exec-${findContainer(world, name).Id}` }),
    'exec.start': async () => shell(),
    'exec.resize': async () => {},
    'container.attach': async () => shell(),
    'container.resize': async () => {},
  }
}

async function* processReports(
  command: readonly string[],
  signal = new AbortController().signal,
): AsyncGenerator<{ Processes: ContainerProcess[] }, void, undefined> {
  const since = new Date(Date.now() - 3_600_000).toISOString()
  const process = (Pid: number, User: string, CPU: number, Memory: number, Command: string): ContainerProcess => ({
    ...{ Pid, Parent: Pid === 1 ? 0 : 1, User, CPU, Memory, Started: since, State: CPU > 1 ? 'R' : 'S', Command },
  })
  for (let index = 0; !signal.aborted; index += 1) {
    yield {
      Processes: [
        process(1, 'root', 0.1, 4_200_000, command.join(' ')),
        process(29, 'nginx', 12.5 + index, 18_600_000, 'nginx: worker process'),
        process(99, 'nginx', 0, 2_100_000, 'nginx: cache manager process'),
      ],
    }
    await delay(2000, signal)
  }
}

function shell(): Pipe {
  const output = createChannel<OutputChunk>()
  const say = (text: string) => output.push({ stream: 'stdout', data: encoder.encode(text) })
  const prompt = '\u001B[1;32mroot@fake\u001B[0m:\u001B[1;34m/\u001B[0m# '
  let line = ''
  say(prompt)
  return {
    output,
    async write(data) {
      for (const letter of decoder.decode(data)) {
        if (letter !== '\r') {
          line += letter
          say(letter)
          continue
        }
        say('\r\n')
        if (line === 'exit') return output.end()
        if (line === 'ls') say('bin   dev  etc  home  lib  proc  root  run  srv  sys  tmp  usr  var\r\n')
        else if (line !== '') say(`${line}: not found\r\n`)
        line = ''
        say(prompt)
      }
    },
    async end() {
      output.end()
    },
    close: () => output.end(),
  }
}
