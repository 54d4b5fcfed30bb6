import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, freshDisk, type Part } from '../bench.ts'
import { memoryOf, type Subject, subjects } from '../engines.ts'
import { hugeLayer, manyLayers } from '../huge-image.ts'
import { send, settleDisk } from '../measure.ts'

/** Peak memory of pulls, and how long a service that pulls lets others wait. */
export const pullMemory: Part = {
  name: 'pull-memory',
  async run(bench) {
    const images = [
      ['one layer of 2 GB', await bench.registry.push(hugeLayer())],
      ['128 layers of 5 MB', await bench.registry.push(manyLayers())],
    ] as const
    for (const [what, name] of images) {
      const disk = await freshDisk(bench.folder, 8)
      try {
        const peaks = []
        for (const subject of subjects(bench.launcher, disk.path, bench.registriesConf)) {
          mkdirSync(subject.folder, { recursive: true })
          peaks.push(await peakOf(subject, name))
        }
        bench.add({ what: `peak memory of a pull, ${what}, PSS`, unit: 'MiB', berth: peaks[0]!, peer: peaks[1]!, limit: 250 })
        const { wait, work } = await stall(bench, disk.path, name)
        bench.add({ what: `longest wait in a service while it pulls ${what}`, unit: 'ms', berth: wait })
        bench.add({ what: `longest turn of its event loop meanwhile, ${what}`, unit: 'ms', berth: work, limit: 20 })
      } finally {
        await disk.free()
      }
    }
  },
}

/** All processes of the command together, looked at every 20 ms. */
async function peakOf(subject: Subject, name: string): Promise<number> {
  const child = spawn(subject.argv[0]!, [...subject.argv.slice(1), 'pull', '-q', name], { env: subject.env, stdio: 'ignore' })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let peak = 0
  while (child.exitCode === null && child.signalCode === null) {
    peak = Math.max(peak, memoryOf(child.pid!).pss)
    await Promise.race([sleep(20), ended])
  }
  if ((await ended) !== 0) throw new Error(`${subject.name} did not pull ${name}.`)
  return peak
}

/**
 * Looks at the event loop from inside: how late a timer comes, which depends on all that wants the processor, and how much of it this
 * thread itself uses in between. The first second, in which a service starts, does not count. Its threads, which have the same
 * options, may be as busy as they like.
 */
const watcher = (file: string) => `import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'
if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let work = 0
  setTimeout(() => {
    delay.enable()
    let before = process.threadCpuUsage()
    setInterval(() => {
      const { user, system } = process.threadCpuUsage(before)
      work = Math.max(work, (user + system) / 1000)
      before = process.threadCpuUsage()
    }, 1).unref()
  }, 1000).unref()
  setInterval(() => writeFileSync(${JSON.stringify(file)}, JSON.stringify({ wait: delay.max / 1e6 - 1, work })), 500).unref()
}
`

async function stall(bench: Bench, folder: string, name: string): Promise<{ wait: number; work: number }> {
  const [subject] = subjects(bench.launcher, join(folder, 'service'), bench.registriesConf)
  mkdirSync(subject.folder, { recursive: true })
  const script = join(subject.folder, 'watch.mjs')
  // In memory: on a disk that is busy with the pull, the watcher would wait for its own writes.
  const result = join('/dev/shm', `berth-bench-${process.pid}`)
  writeFileSync(script, watcher(result))
  const service = await subject.serve({ BERTH_NODE_FLAGS: `--import ${script}` })
  try {
    await sleep(1500)
    await settleDisk()
    await send(service.socket, 'POST', `/v5.0.0/libpod/images/pull?reference=${encodeURIComponent(name)}`)
    await sleep(1000)
    return JSON.parse(readFileSync(result, 'utf8')) as { wait: number; work: number }
  } finally {
    await service.stop()
    rmSync(result, { force: true })
  }
}
