// The clients from npm that the tests run against Berth's service. They are in .cache/clients: nobody else installs them.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { top } from './toolchain.mjs'

const source = join(top, 'test/clients/npm')
/** Where they are. */
export const clientsFolder = join(top, '.cache/clients')

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)

/** Installs what test/clients/npm/package-lock.json asks for, unless it is there. Answers whether it is there afterwards. */
export function ensureClients(say = console.error) {
  const lock = read(join(source, 'package-lock.json'))
  const stamp = join(clientsFolder, 'installed-lock.json')
  if (read(stamp) === lock) return true
  say('Installing the foreign clients of test/clients/npm …')
  mkdirSync(clientsFolder, { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(source, name), join(clientsFolder, name))
  const result = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: clientsFolder,
    stdio: ['ignore', 2, 2],
  })
  if (result.status !== 0) return false
  copyFileSync(join(source, 'package-lock.json'), stamp)
  return true
}
