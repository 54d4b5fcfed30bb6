// npm run record: runs the common commands of dist/ for real, as root, and notes in packaging/build/command-line/recorded.json
// which modules each of them ran. The next build puts those that are needed together into one file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordFile } from '../../packaging/build/command-line/record.ts'
import { busyboxFiles, image, packLayer } from '../support/images.ts'
import { startRegistry } from '../support/registry.ts'
import { observe, storeFlags } from './runs.ts'

if (process.getuid?.() !== 0) throw new Error('The commands are recorded as root.')
const folder = mkdtempSync(join(tmpdir(), 'berth-record-'))
const registry = await startRegistry(join(folder, 'registry'))
try {
  const registries = join(folder, 'registries.conf')
  writeFileSync(registries, `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`)
  const seen = await observe({
    launcher: join(import.meta.dirname, '../../dist/bin/berth'),
    flags: storeFlags(folder),
    env: { PATH: process.env.PATH ?? '', HOME: folder, CONTAINERS_REGISTRIES_CONF: registries },
    image: await registry.push(image('busybox', [await packLayer(busyboxFiles(), folder)])),
    folder,
  })
  const commands = new Map<string, string[]>()
  for (const [name, { modules }] of seen) {
    for (const path of modules.keys()) commands.set(path, [...(commands.get(path) ?? []), name])
  }
  const lines = Array.from(commands, ([path, names]) => [path, names.toSorted().join(' ')] as const)
  writeFileSync(recordFile, `${JSON.stringify(Object.fromEntries(lines.toSorted(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`)
  console.error(`${commands.size} modules of ${seen.size} commands are noted.`)
} finally {
  await registry.stop()
  rmSync(folder, { recursive: true, force: true })
}
