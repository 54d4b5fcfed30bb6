import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { type Bench, freshDisk, pair, type Part } from '../bench.ts'
import { bigImages } from '../big-image.ts'
import { type Subject, subjects } from '../engines.ts'
import { median, settleDisk, time, timeProgram } from '../measure.ts'

/** Push, save and load of an image that was pulled, and copies between registries beside skopeo's. */
export const transfers: Part = {
  name: 'transfers',
  async run(bench) {
    const { gzip } = await bigImages(bench.folder)
    const name = await bench.registry.push(gzip)
    const disk = await freshDisk(bench.folder, 24)
    try {
      const both = subjects(bench.launcher, disk.path, bench.registriesConf)
      for (const subject of both) {
        mkdirSync(subject.folder, { recursive: true })
        await subject.run('pull', '-q', name)
      }
      await pushes(bench, both, name, disk.path)
      await archives(bench, both, name, disk.path)
      await copies(bench, both[0], name, disk.path)
    } finally {
      await disk.free()
    }
  },
}

const turns = (bench: Bench) => Array.from({ length: bench.quick ? 2 : 5 }, (_, index) => index)

/** To a registry that has nothing yet. */
async function pushes(bench: Bench, both: Subject[], name: string, folder: string): Promise<void> {
  const times: number[][] = [[], []]
  for (const turn of turns(bench)) {
    for (const [index, subject] of both.entries()) {
      await withRegistry(join(folder, `push-${turn}-${index}`), async ({ host }) => {
        times[index]!.push(await time(subject, ['push', '-q', '--tls-verify=false', name, `${host}/pushed:latest`]))
      })
    }
  }
  bench.add(pair('push of the 300 MB, unmodified', 'ms', times.map(median), 0.3))
}

async function archives(bench: Bench, both: Subject[], name: string, folder: string): Promise<void> {
  const archive = join(folder, 'image.tar')
  const saves: number[][] = [[], []]
  const loads: number[][] = [[], []]
  for (const turn of turns(bench)) {
    for (const [index, subject] of both.entries()) {
      rmSync(archive, { force: true })
      await settleDisk()
      saves[index]!.push(await time(subject, ['save', '-q', '-o', archive, name]))
    }
    // Podman's own archive, for both.
    const fresh = subjects(bench.launcher, join(folder, `load-${turn}`), bench.registriesConf)
    for (const [index, subject] of fresh.entries()) {
      mkdirSync(subject.folder, { recursive: true })
      await settleDisk()
      loads[index]!.push(await time(subject, ['load', '-q', '-i', archive]))
    }
  }
  bench.add(pair('save of the 300 MB', 'ms', saves.map(median), 0.6))
  bench.add(pair('load of the 300 MB', 'ms', loads.map(median), 0.6))
}

async function copies(bench: Bench, berth: Subject, name: string, folder: string): Promise<void> {
  const policy = join(folder, 'policy.json')
  writeFileSync(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }))
  const flags = ['--src-tls-verify=false', '--dest-tls-verify=false']
  const programs = [
    [...berth.argv, 'image', 'copy', '-q', ...flags],
    ['skopeo', '--policy', policy, 'copy', '-q', ...flags],
  ]
  const times: number[][] = [[], []]
  const theirs: number[][] = [[], []]
  for (const turn of turns(bench)) {
    for (const [index, program] of programs.entries()) {
      await withRegistry(join(folder, `copy-${turn}-${index}`), async ({ host, pid }) => {
        const busy = () => processorTime(pid) + processorTime(bench.registry.pid)
        const before = busy()
        times[index]!.push(await timeProgram([...program, `docker://${name}`, `docker://${host}/copied:latest`], berth.env))
        theirs[index]!.push((busy() - before) / cpus().length)
      })
    }
  }
  bench.add(pair('image copy of the 300 MB between registries (peer: skopeo)', 'ms', times.map(median), 0.8))
  bench.add(pair(`the two registries alone meanwhile, shared by ${cpus().length} cores`, 'ms', theirs.map(median)))
}

/** Milliseconds of processor time that a process has used (proc_pid_stat(5), in hundredths of a second). */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

async function withRegistry(folder: string, work: (registry: Registry) => Promise<void>): Promise<void> {
  const registry = await startRegistry(folder)
  try {
    await work(registry)
  } finally {
    await registry.stop()
  }
}
