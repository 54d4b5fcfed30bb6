import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../e2e/free-port.ts'
import { busyboxFiles, image, packLayer } from '../e2e/images.ts'
import { end, eventually, must, run } from '../e2e/processes.ts'
import { type Registry, startRegistry } from '../e2e/registry.ts'
import { findUser, makeUsers, removeUsers } from '../e2e/users.ts'
import { bigImages } from './big-image.ts'
import { memoryOf, type Subject, subjects } from './engines.ts'
import { compare, median, requestsPerSecond, time } from './measure.ts'
import { agentMemory } from './memory.ts'
import { meets, type Row, table } from './table.ts'

// npm run bench: Berth and podman on the same machine in the same run. `-- quick` takes fewer rounds and containers, and
// names of parts (pulls commands memory stats lists) measure only those; docs/benchmarks.md is written by the whole only.

const words = process.argv.slice(2)
const quick = words.includes('quick')
const chosen = words.filter((word) => word !== 'quick')
const wants = (part: string) => chosen.length === 0 || chosen.includes(part)
const rounds = quick ? 3 : 11
const many = quick ? 100 : 500
const running = quick ? 20 : 100
const clone = join(import.meta.dirname, '../..')
const rows: Row[] = []

function add(row: Row): void {
  rows.push(row)
  console.error(
    `${row.what}: berth ${row.berth.toFixed(1)} ${row.unit}${row.podman === undefined ? '' : `, podman ${row.podman.toFixed(1)}`}`,
  )
}

async function pulls(registry: Registry, folder: string, conf: string): Promise<void> {
  const images = await bigImages(folder)
  for (const kind of ['gzip', 'zstd'] as const) {
    const name = await registry.push(images[kind])
    const times: number[][] = [[], []]
    for (let round = 0; round <= (quick ? 2 : 5); round += 1) {
      // A fresh store each time: ext4 is slow for a minute where many files were deleted, and that is nobody's merit.
      const fresh = subjects(join(folder, 'dist/bin/berth'), join(folder, `pull-${kind}-${round}`), conf)
      for (const [index, subject] of fresh.entries()) {
        mkdirSync(subject.folder, { recursive: true })
        const milliseconds = await time(subject, ['pull', '-q', name])
        if (round > 0) times[index]!.push(milliseconds)
      }
    }
    const [berth, podman] = times.map(median)
    add({ what: `pull of 300 MB in three ${kind} layers`, unit: 'ms', berth: berth!, podman: podman!, target: { most: 0.6 } })
  }
}

async function commandLines(both: Subject[], busybox: string): Promise<void> {
  const cases: [string, string[], number | undefined][] = [
    ['run --rm true', ['run', '--rm', busybox, 'true'], 1],
    ['run --rm --network none true', ['run', '--rm', '--network', 'none', busybox, 'true'], 1],
    ['version', ['version'], undefined],
  ]
  for (const [what, args, most] of cases) {
    const [berth, podman] = await compare(both, rounds, () => args)
    add({ what, unit: 'ms', berth: berth!, podman: podman!, ...(most === undefined ? {} : { target: { most } }) })
  }
}

async function lists(both: Subject[], busybox: string): Promise<void> {
  let there = 0
  for (const count of [1, 100, many].filter((each, index, all) => all.indexOf(each) === index)) {
    for (const subject of both) await fill(subject, busybox, there, count)
    there = count
    const [berth, podman] = await compare(both, rounds, () => ['ps', '-a'])
    add({ what: `ps -a of ${count}`, unit: 'ms', berth: berth!, podman: podman! })
    const rates: number[] = []
    for (const subject of both) {
      const service = await subject.serve()
      rates.push(await requestsPerSecond(service.socket, '/v5.0.0/libpod/containers/json?all=true', quick ? 1 : 3))
      if (count === many)
        add({
          what: `system service of ${subject.name} after lists of ${count}, RSS`,
          unit: 'MiB',
          berth: memoryOf(service.child.pid!).rss,
        })
      await service.stop()
    }
    add({
      what: `GET containers/json of ${count}`,
      unit: '1/s',
      berth: rates[0]!,
      podman: rates[1]!,
      ...(count === many ? { target: { least: 10 } } : {}),
    })
  }
  for (const subject of both) await subject.run('rm', '-a', '-f')
}

async function fill(subject: Subject, busybox: string, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 4) {
    await Promise.all(
      Array.from({ length: Math.min(4, to - at) }, (_, index) =>
        subject.run('create', '--name', `c${at + index}`, busybox, 'true'),
      ),
    )
  }
}

async function stats(both: Subject[], busybox: string): Promise<void> {
  const times: number[] = []
  // One after the other: two hundred containers at once would measure the machine.
  for (const subject of both) {
    for (let index = 0; index < running; index += 1)
      await subject.run('run', '-d', '--network', 'none', '--name', `r${index}`, busybox, 'sleep', '100000')
    const [milliseconds] = await compare([subject], 3, () => ['stats', '--no-stream'])
    times.push(milliseconds!)
    await subject.run('rm', '-a', '-f', '-t', '0')
  }
  add({ what: `stats --no-stream of ${running} running`, unit: 'ms', berth: times[0]!, podman: times[1]! })
}

async function memory(both: Subject[], folder: string): Promise<void> {
  const sizes: { rss: number; pss: number }[] = []
  for (const subject of both) {
    const service = await subject.serve()
    await requestsPerSecond(service.socket, '/v5.0.0/libpod/info', 0.5)
    sizes.push(memoryOf(service.child.pid!))
    await service.stop()
  }
  for (const kind of ['rss', 'pss'] as const)
    add({ what: `system service, ${kind.toUpperCase()}`, unit: 'MiB', berth: sizes[0]![kind], podman: sizes[1]![kind] })
  await makeUsers()
  const alice = findUser('alice', folder)
  const agent = await agentMemory(join(folder, 'dist/bin/berth'), alice)
  add({ what: 'agent with engine half, RSS', unit: 'MiB', berth: agent.rss })
  add({ what: 'agent with engine half, PSS', unit: 'MiB', berth: agent.pss, limit: 110 })
  const server = await serverMemory(folder)
  add({ what: 'console server, PSS', unit: 'MiB', berth: server.pss })
}

async function serverMemory(folder: string): Promise<{ rss: number; pss: number }> {
  const port = await freePort()
  const options = {
    address: '127.0.0.1',
    port,
    tls: false,
    page: join(folder, 'dist/page'),
    packages: [],
    origins: [],
    state: folder,
    loginSocket: join(folder, 'no.sock'),
  }
  const child = spawn(join(folder, 'dist/bin/berth'), ['--outside', '--entry=agent', 'server'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH ?? '', BERTH_NODE_FLAGS: '--max-semi-space-size=1 --optimize-for-size' },
  })
  try {
    child.stdin.write(`${JSON.stringify(options)}\n`)
    const get = () =>
      fetch(`http://127.0.0.1:${port}/`)
        .then((answer) => answer.text())
        .catch(() => undefined)
    await eventually('the page', get)
    for (let count = 0; count < 200; count += 1) await get()
    return memoryOf(child.pid!)
  } finally {
    await end(child)
  }
}

function document(): string {
  const version = (name: string) => /\d+\.\d+\.\d+/.exec(name)?.[0] ?? ''
  const missed = rows.filter((row) => meets(row) === false).map((row) => row.what)
  return `# Benchmarks

Written by \`npm run bench\`, which measures Berth and podman on the same machine in the same run: medians of ${rounds} rounds in turns.
${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${version(release())}, Node ${process.versions.node}. As root unless said otherwise;
the agent is an ordinary user's.

${table(rows)}

${missed.length === 0 ? 'Every aim is met.' : `Missed: ${missed.join('; ')}.`}
`
}

async function main(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('The comparison runs as root.')
  const folder = mkdtempSync(join(tmpdir(), 'berth-bench-'))
  chmodSync(folder, 0o755)
  let registry: Registry | undefined
  const both: Subject[] = []
  try {
    await must('cp', ['-a', join(clone, 'dist'), join(folder, 'dist')])
    registry = await startRegistry(join(folder, 'registry'))
    const conf = join(folder, 'registries.conf')
    writeFileSync(conf, `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`)
    both.push(...subjects(join(folder, 'dist/bin/berth'), folder, conf))
    for (const subject of both) mkdirSync(subject.folder, { recursive: true })
    const busybox = await registry.push(image('busybox', [await packLayer(busyboxFiles(), folder)]))
    for (const subject of both) await time(subject, ['info'])
    if (wants('pulls')) await pulls(registry, folder, conf)
    for (const subject of both) await subject.run('pull', '-q', busybox)
    if (wants('commands')) await commandLines(both, busybox)
    if (wants('memory')) await memory(both, folder)
    if (wants('stats')) await stats(both, busybox)
    if (wants('lists')) await lists(both, busybox)
    const text = document()
    if (words.length === 0) writeFileSync(join(clone, 'docs/benchmarks.md'), text)
    console.log(text)
  } finally {
    for (const subject of both) {
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
