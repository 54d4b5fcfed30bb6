import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { busyboxFiles, image, packLayer } from '../support/images.ts'
import { must, run } from '../support/processes.ts'
import { type Registry, startRegistry } from '../support/registry.ts'
import { removeUsers } from '../support/users.ts'
import type { Part } from './bench.ts'
import { type Subject, subjects } from './engines.ts'
import { time } from './measure.ts'
import { commands } from './parts/commands.ts'
import { containers } from './parts/containers.ts'
import { events } from './parts/events.ts'
import { imageLists } from './parts/image-lists.ts'
import { lists } from './parts/lists.ts'
import { memory } from './parts/memory.ts'
import { networks } from './parts/networks.ts'
import { page } from './parts/page.ts'
import { pullMemory } from './parts/pull-memory.ts'
import { pulls } from './parts/pulls.ts'
import { stats } from './parts/stats.ts'
import { terminal } from './parts/terminal.ts'
import { transfers } from './parts/transfers.ts'
import { uploads } from './parts/uploads.ts'
import { meets, type Row, table } from './table.ts'

// npm run bench: Berth and its peers on the same machine in the same run. `-- quick` takes fewer rounds and objects, and names of
// parts measure only those; docs/benchmarks.md is written by the whole only.

const parts: readonly Part[] = [
  pulls,
  transfers,
  pullMemory,
  commands,
  containers,
  networks,
  memory,
  stats,
  events,
  imageLists,
  lists,
  page,
  terminal,
  uploads,
]

const words = process.argv.slice(2)
const quick = words.includes('quick')
const chosen = words.filter((word) => word !== 'quick')
const rounds = quick ? 3 : 11
const clone = join(import.meta.dirname, '../..')
const rows: Row[] = []

function add(row: Row): void {
  rows.push(row)
  console.error(
    `${row.what}: berth ${row.berth.toFixed(1)} ${row.unit}${row.peer === undefined ? '' : `, peer ${row.peer.toFixed(1)}`}`,
  )
}

function document(): string {
  const version = (name: string) => /\d+\.\d+\.\d+/.exec(name)?.[0] ?? ''
  const missed = rows.filter((row) => meets(row) === false).map((row) => row.what)
  return `# Benchmarks

Written by \`npm run bench\`, which measures Berth and podman (or the peer a line names) on the same machine in
the same run: medians of rounds in turns, ${rounds} to ${rounds * 4} of commands and five of pulls and other transfers.
${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${version(release())}, Node ${process.versions.node}. As root unless said otherwise;
the agent is an ordinary user's.

${table(rows)}

${missed.length === 0 ? 'Every aim is met.' : `Missed: ${missed.join('; ')}.`}
`
}

async function main(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('The comparison runs as root.')
  const unknown = chosen.filter((word) => !parts.some(({ name }) => name === word))
  if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}: ${parts.map(({ name }) => name).join(' ')}.`)
  const folder = mkdtempSync(join(tmpdir(), 'berth-bench-'))
  chmodSync(folder, 0o755)
  let registry: Registry | undefined
  let both: [Subject, Subject] | undefined
  try {
    await must('cp', ['-a', join(clone, 'dist'), join(folder, 'dist')])
    const launcher = join(folder, 'dist/bin/berth')
    registry = await startRegistry(join(folder, 'registry'))
    const registriesConf = join(folder, 'registries.conf')
    writeFileSync(registriesConf, `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`)
    both = subjects(launcher, folder, registriesConf)
    for (const subject of both) mkdirSync(subject.folder, { recursive: true })
    const busybox = await registry.push(image('busybox', [await packLayer(busyboxFiles(), folder)]))
    for (const subject of both) {
      await time(subject, ['info'])
      await subject.run('pull', '-q', busybox)
    }
    const bench = { folder, launcher, registry, registriesConf, both, busybox, quick, rounds, add }
    for (const part of parts) if (chosen.length === 0 || chosen.includes(part.name)) await part.run(bench)
    const text = document()
    if (words.length === 0) writeFileSync(join(clone, 'docs/benchmarks.md'), text)
    console.log(text)
  } finally {
    for (const subject of both ?? []) {
      await run(subject.argv[0]!, [...subject.argv.slice(1), 'rm', '-a', '-f', '-t', '0'], { env: subject.env, timeout: 300_000 })
    }
    await registry?.stop()
    await removeUsers()
    for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n').toReversed()) {
      const path = line.split(' ')[4]
      if (path?.startsWith(`${folder}/`)) await run('umount', ['-l', path])
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
